/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The plain types every other header speaks in: the short names of C's integers, pointers without
 * a type, the callback shapes shared by lists, strings and hash functions, integer limits and byte
 * order. It knows nothing of any function that the library exports.
 * Sizes that depend on the platform live in glibconfig.h; read gmacros.h next.
 */
#ifndef __G_TYPES_H__
#define __G_TYPES_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glibconfig.h>
#include <glib/gmacros.h>
#include <glib/gversionmacros.h>
#include <float.h>
#include <limits.h>
#include <stddef.h>
#include <time.h>

/* How a variable of the library is declared. */
#ifndef GLIB_VAR
#define GLIB_VAR extern
#endif

G_BEGIN_DECLS

typedef char gchar;
typedef short gshort;
typedef long glong;
typedef int gint;
/* A truth value as wide as an int; FALSE is 0, TRUE is 1. */
typedef gint gboolean;

typedef unsigned char guchar;
typedef unsigned short gushort;
typedef unsigned long gulong;
typedef unsigned int guint;

typedef float gfloat;
typedef double gdouble;

typedef void *gpointer;
typedef const void *gconstpointer;

/* Limits of the fixed-width integers. */
#define G_MININT8   ((gint8) (-G_MAXINT8 - 1))
#define G_MAXINT8   ((gint8) 0x7f)
#define G_MAXUINT8  ((guint8) 0xff)

#define G_MININT16  ((gint16) (-G_MAXINT16 - 1))
#define G_MAXINT16  ((gint16) 0x7fff)
#define G_MAXUINT16 ((guint16) 0xffff)

#define G_MININT32  ((gint32) (-G_MAXINT32 - 1))
#define G_MAXINT32  ((gint32) 0x7fffffff)
#define G_MAXUINT32 ((guint32) 0xffffffff)

#define G_MININT64  ((gint64) (-G_MAXINT64 - G_GINT64_CONSTANT (1)))
#define G_MAXINT64  G_GINT64_CONSTANT (0x7fffffffffffffff)
#define G_MAXUINT64 G_GUINT64_CONSTANT (0xffffffffffffffff)

/* Order of two values: negative, zero or positive as a sorts before, with or after b. */
typedef gint (*GCompareFunc) (gconstpointer a, gconstpointer b);
typedef gint (*GCompareDataFunc) (gconstpointer a, gconstpointer b, gpointer user_data);
typedef gboolean (*GEqualFunc) (gconstpointer a, gconstpointer b);
/* Equality with a context pointer (since 2.74). */
typedef gboolean (*GEqualFuncFull) (gconstpointer a, gconstpointer b, gpointer user_data);
/* Frees or releases one value. */
typedef void (*GDestroyNotify) (gpointer data);
/* Called for each element of a container. */
typedef void (*GFunc) (gpointer data, gpointer user_data);
typedef guint (*GHashFunc) (gconstpointer key);
/* Called for each pair of a table. */
typedef void (*GHFunc) (gpointer key, gpointer value, gpointer user_data);
/* Makes a copy of src; data is what the caller of the copying function gave. */
typedef gpointer (*GCopyFunc) (gconstpointer src, gpointer data);
/* Frees memory and nothing else. */
typedef void (*GFreeFunc) (gpointer data);
/* Translates str; the result belongs to the translator. */
typedef const gchar *(*GTranslateFunc) (const gchar *str, gpointer user_data);

/* Mathematical constants, as many digits as a long double of any platform keeps. */
#define G_E     2.7182818284590452353602874713526624977572470937000
#define G_LN2   0.69314718055994530941723212145817656807550013436026
#define G_LN10  2.3025850929940456840179914546843642076011014886288
#define G_PI    3.1415926535897932384626433832795028841971693993751
#define G_PI_2  1.5707963267948966192313216916397514420985846996876
#define G_PI_4  0.78539816339744830961566084581987572104929234984378
#define G_SQRT2 1.4142135623730950488016887242096980785696718753769

/* Byte order. G_BYTE_ORDER, in glibconfig.h, is one of these. */
#define G_LITTLE_ENDIAN 1234
#define G_BIG_ENDIAN    4321
#define G_PDP_ENDIAN    3412

#define GUINT16_SWAP_LE_BE_CONSTANT(val) \
  ((guint16) ((guint16) ((guint16) (val) >> 8) | (guint16) ((guint16) (val) << 8)))
#define GUINT32_SWAP_LE_BE_CONSTANT(val) \
  ((guint32) ((((guint32) (val) & (guint32) 0x000000ffU) << 24) | \
              (((guint32) (val) & (guint32) 0x0000ff00U) << 8) | \
              (((guint32) (val) & (guint32) 0x00ff0000U) >> 8) | \
              (((guint32) (val) & (guint32) 0xff000000U) >> 24)))
#define GUINT64_SWAP_LE_BE_CONSTANT(val) \
  (((guint64) GUINT32_SWAP_LE_BE_CONSTANT ((guint32) ((guint64) (val) & 0xffffffffU)) << 32) | \
   (guint64) GUINT32_SWAP_LE_BE_CONSTANT ((guint32) ((guint64) (val) >> 32)))

#define GUINT16_SWAP_LE_BE(val) ((guint16) __builtin_bswap16 ((guint16) (val)))
#define GUINT32_SWAP_LE_BE(val) ((guint32) __builtin_bswap32 ((guint32) (val)))
#define GUINT64_SWAP_LE_BE(val) ((guint64) __builtin_bswap64 ((guint64) (val)))
#define GUINT16_SWAP_LE_PDP(val) ((guint16) (val))
#define GUINT16_SWAP_BE_PDP(val) (GUINT16_SWAP_LE_BE (val))
#define GUINT32_SWAP_LE_PDP(val) \
  ((guint32) (((guint32) (val) << 16) | ((guint32) (val) >> 16)))
#define GUINT32_SWAP_BE_PDP(val) (GUINT32_SWAP_LE_PDP (GUINT32_SWAP_LE_BE (val)))

/* Swapping is its own inverse, so reading and writing share one definition. */
#define GINT16_FROM_LE(val)  (GINT16_TO_LE (val))
#define GUINT16_FROM_LE(val) (GUINT16_TO_LE (val))
#define GINT16_FROM_BE(val)  (GINT16_TO_BE (val))
#define GUINT16_FROM_BE(val) (GUINT16_TO_BE (val))
#define GINT32_FROM_LE(val)  (GINT32_TO_LE (val))
#define GUINT32_FROM_LE(val) (GUINT32_TO_LE (val))
#define GINT32_FROM_BE(val)  (GINT32_TO_BE (val))
#define GUINT32_FROM_BE(val) (GUINT32_TO_BE (val))
#define GINT64_FROM_LE(val)  (GINT64_TO_LE (val))
#define GUINT64_FROM_LE(val) (GUINT64_TO_LE (val))
#define GINT64_FROM_BE(val)  (GINT64_TO_BE (val))
#define GUINT64_FROM_BE(val) (GUINT64_TO_BE (val))
#define GLONG_FROM_LE(val)   (GLONG_TO_LE (val))
#define GULONG_FROM_LE(val)  (GULONG_TO_LE (val))
#define GLONG_FROM_BE(val)   (GLONG_TO_BE (val))
#define GULONG_FROM_BE(val)  (GULONG_TO_BE (val))
#define GINT_FROM_LE(val)    (GINT_TO_LE (val))
#define GUINT_FROM_LE(val)   (GUINT_TO_LE (val))
#define GINT_FROM_BE(val)    (GINT_TO_BE (val))
#define GUINT_FROM_BE(val)   (GUINT_TO_BE (val))
#define GSIZE_FROM_LE(val)   (GSIZE_TO_LE (val))
#define GSSIZE_FROM_LE(val)  (GSSIZE_TO_LE (val))
#define GSIZE_FROM_BE(val)   (GSIZE_TO_BE (val))
#define GSSIZE_FROM_BE(val)  (GSSIZE_TO_BE (val))

#define g_ntohl(val) (GUINT32_FROM_BE (val))
#define g_ntohs(val) (GUINT16_FROM_BE (val))
#define g_htonl(val) (GUINT32_TO_BE (val))
#define g_htons(val) (GUINT16_TO_BE (val))

/* Arithmetic that tells of overflow: TRUE and *dest set, or FALSE. */
#define g_uint_checked_add(dest, a, b)   (!__builtin_add_overflow ((guint) (a), (guint) (b), (dest)))
#define g_uint_checked_mul(dest, a, b)   (!__builtin_mul_overflow ((guint) (a), (guint) (b), (dest)))
#define g_uint64_checked_add(dest, a, b) (!__builtin_add_overflow ((guint64) (a), (guint64) (b), (dest)))
#define g_uint64_checked_mul(dest, a, b) (!__builtin_mul_overflow ((guint64) (a), (guint64) (b), (dest)))
#define g_size_checked_add(dest, a, b)   (!__builtin_add_overflow ((gsize) (a), (gsize) (b), (dest)))
#define g_size_checked_mul(dest, a, b)   (!__builtin_mul_overflow ((gsize) (a), (gsize) (b), (dest)))

typedef union _GDoubleIEEE754 GDoubleIEEE754;
typedef union _GFloatIEEE754 GFloatIEEE754;

#define G_IEEE754_FLOAT_BIAS  (127)
#define G_IEEE754_DOUBLE_BIAS (1023)
#define G_LOG_2_BASE_10       (0.30102999566398119521)

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
/* The parts of a float, lowest bits first. */
union _GFloatIEEE754
{
  gfloat v_float;
  struct
  {
    guint mantissa : 23;
    guint biased_exponent : 8;
    guint sign : 1;
  } mpn;
};
/* The parts of a double, lowest bits first. */
union _GDoubleIEEE754
{
  gdouble v_double;
  struct
  {
    guint mantissa_low : 32;
    guint mantissa_high : 20;
    guint biased_exponent : 11;
    guint sign : 1;
  } mpn;
};
#else
/* The parts of a float, highest bits first. */
union _GFloatIEEE754
{
  gfloat v_float;
  struct
  {
    guint sign : 1;
    guint biased_exponent : 8;
    guint mantissa : 23;
  } mpn;
};
/* The parts of a double, highest bits first. */
union _GDoubleIEEE754
{
  gdouble v_double;
  struct
  {
    guint sign : 1;
    guint biased_exponent : 11;
    guint mantissa_high : 20;
    guint mantissa_low : 32;
  } mpn;
};
#endif

typedef struct _GTimeVal GTimeVal GLIB_DEPRECATED_TYPE_IN_2_62_FOR (GDateTime);

/* A moment or span in seconds and microseconds; its tv_sec is too narrow for 2038 on some systems. */
struct _GTimeVal
{
  glong tv_sec;
  glong tv_usec;
} GLIB_DEPRECATED_TYPE_IN_2_62_FOR (GDateTime);

/* A plain reference count, and one changed atomically. */
typedef gint grefcount;
typedef gint gatomicrefcount;

G_END_DECLS

#endif /* __G_TYPES_H__ */
