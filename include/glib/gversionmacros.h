/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Versions of the interface, and the range of them a program says it wants:
 *
 *   #define GLIB_VERSION_MIN_REQUIRED GLIB_VERSION_2_56   warn only of what was deprecated by 2.56
 *   #define GLIB_VERSION_MAX_ALLOWED  GLIB_VERSION_2_66   warn of what came after 2.66
 *
 * before including <glib.h>, or with -D. Left alone, both mean the version of these headers.
 * GLIB_DISABLE_DEPRECATION_WARNINGS silences all of it. How declarations make use of the range
 * is in glib-visibility.h.
 */
#ifndef __G_VERSION_MACROS_H__
#define __G_VERSION_MACROS_H__

#if !defined (__GLIB_H_INSIDE__) && !defined (GLIB_COMPILATION)
#error "Only <glib.h> can be included directly."
#endif

#include <glibconfig.h>

/* A version as one number, so that versions can be compared in #if. */
#define G_ENCODE_VERSION(major, minor) (((major) << 16) | ((minor) << 8))

/* The stable series. Odd minor numbers were development series and have no name. */
#define GLIB_VERSION_2_26 (G_ENCODE_VERSION (2, 26))
#define GLIB_VERSION_2_28 (G_ENCODE_VERSION (2, 28))
#define GLIB_VERSION_2_30 (G_ENCODE_VERSION (2, 30))
#define GLIB_VERSION_2_32 (G_ENCODE_VERSION (2, 32))
#define GLIB_VERSION_2_34 (G_ENCODE_VERSION (2, 34))
#define GLIB_VERSION_2_36 (G_ENCODE_VERSION (2, 36))
#define GLIB_VERSION_2_38 (G_ENCODE_VERSION (2, 38))
#define GLIB_VERSION_2_40 (G_ENCODE_VERSION (2, 40))
#define GLIB_VERSION_2_42 (G_ENCODE_VERSION (2, 42))
#define GLIB_VERSION_2_44 (G_ENCODE_VERSION (2, 44))
#define GLIB_VERSION_2_46 (G_ENCODE_VERSION (2, 46))
#define GLIB_VERSION_2_48 (G_ENCODE_VERSION (2, 48))
#define GLIB_VERSION_2_50 (G_ENCODE_VERSION (2, 50))
#define GLIB_VERSION_2_52 (G_ENCODE_VERSION (2, 52))
#define GLIB_VERSION_2_54 (G_ENCODE_VERSION (2, 54))
#define GLIB_VERSION_2_56 (G_ENCODE_VERSION (2, 56))
#define GLIB_VERSION_2_58 (G_ENCODE_VERSION (2, 58))
#define GLIB_VERSION_2_60 (G_ENCODE_VERSION (2, 60))
#define GLIB_VERSION_2_62 (G_ENCODE_VERSION (2, 62))
#define GLIB_VERSION_2_64 (G_ENCODE_VERSION (2, 64))
#define GLIB_VERSION_2_66 (G_ENCODE_VERSION (2, 66))
#define GLIB_VERSION_2_68 (G_ENCODE_VERSION (2, 68))
#define GLIB_VERSION_2_70 (G_ENCODE_VERSION (2, 70))
#define GLIB_VERSION_2_72 (G_ENCODE_VERSION (2, 72))
#define GLIB_VERSION_2_74 (G_ENCODE_VERSION (2, 74))
#define GLIB_VERSION_2_76 (G_ENCODE_VERSION (2, 76))
#define GLIB_VERSION_2_78 (G_ENCODE_VERSION (2, 78))
#define GLIB_VERSION_2_80 (G_ENCODE_VERSION (2, 80))
#define GLIB_VERSION_2_82 (G_ENCODE_VERSION (2, 82))
#define GLIB_VERSION_2_84 (G_ENCODE_VERSION (2, 84))
#define GLIB_VERSION_2_86 (G_ENCODE_VERSION (2, 86))
#define GLIB_VERSION_2_88 (G_ENCODE_VERSION (2, 88))
#define GLIB_VERSION_2_90 (G_ENCODE_VERSION (2, 90))

/* The series of these headers and the one before it. */
#define GLIB_VERSION_CUR_STABLE  (G_ENCODE_VERSION (GLIB_MAJOR_VERSION, GLIB_MINOR_VERSION))
#define GLIB_VERSION_PREV_STABLE (G_ENCODE_VERSION (GLIB_MAJOR_VERSION, GLIB_MINOR_VERSION - 2))

#ifndef GLIB_VERSION_MIN_REQUIRED
#define GLIB_VERSION_MIN_REQUIRED (GLIB_VERSION_CUR_STABLE)
#endif
#ifndef GLIB_VERSION_MAX_ALLOWED
#define GLIB_VERSION_MAX_ALLOWED (GLIB_VERSION_CUR_STABLE)
#endif

/* A version name these headers don't know counts as 0 and is caught here too. */
#if GLIB_VERSION_MIN_REQUIRED < GLIB_VERSION_2_26
#error "GLIB_VERSION_MIN_REQUIRED must be >= GLIB_VERSION_2_26"
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_MIN_REQUIRED
#error "GLIB_VERSION_MAX_ALLOWED must be >= GLIB_VERSION_MIN_REQUIRED"
#endif

/* For each series: _GLIB_IF_NEW keeps the mark of what appeared in it when that is newer than
 * allowed, _GLIB_IF_OLD that of what was deprecated in it when that lies within the requirement. */

#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_26
#define _GLIB_IF_NEW_2_26(mark) mark
#else
#define _GLIB_IF_NEW_2_26(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_26
#define _GLIB_IF_OLD_2_26(mark) mark
#else
#define _GLIB_IF_OLD_2_26(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_28
#define _GLIB_IF_NEW_2_28(mark) mark
#else
#define _GLIB_IF_NEW_2_28(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_28
#define _GLIB_IF_OLD_2_28(mark) mark
#else
#define _GLIB_IF_OLD_2_28(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_30
#define _GLIB_IF_NEW_2_30(mark) mark
#else
#define _GLIB_IF_NEW_2_30(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_30
#define _GLIB_IF_OLD_2_30(mark) mark
#else
#define _GLIB_IF_OLD_2_30(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_32
#define _GLIB_IF_NEW_2_32(mark) mark
#else
#define _GLIB_IF_NEW_2_32(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_32
#define _GLIB_IF_OLD_2_32(mark) mark
#else
#define _GLIB_IF_OLD_2_32(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_34
#define _GLIB_IF_NEW_2_34(mark) mark
#else
#define _GLIB_IF_NEW_2_34(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_34
#define _GLIB_IF_OLD_2_34(mark) mark
#else
#define _GLIB_IF_OLD_2_34(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_36
#define _GLIB_IF_NEW_2_36(mark) mark
#else
#define _GLIB_IF_NEW_2_36(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_36
#define _GLIB_IF_OLD_2_36(mark) mark
#else
#define _GLIB_IF_OLD_2_36(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_38
#define _GLIB_IF_NEW_2_38(mark) mark
#else
#define _GLIB_IF_NEW_2_38(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_38
#define _GLIB_IF_OLD_2_38(mark) mark
#else
#define _GLIB_IF_OLD_2_38(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_40
#define _GLIB_IF_NEW_2_40(mark) mark
#else
#define _GLIB_IF_NEW_2_40(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_40
#define _GLIB_IF_OLD_2_40(mark) mark
#else
#define _GLIB_IF_OLD_2_40(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_42
#define _GLIB_IF_NEW_2_42(mark) mark
#else
#define _GLIB_IF_NEW_2_42(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_42
#define _GLIB_IF_OLD_2_42(mark) mark
#else
#define _GLIB_IF_OLD_2_42(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_44
#define _GLIB_IF_NEW_2_44(mark) mark
#else
#define _GLIB_IF_NEW_2_44(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_44
#define _GLIB_IF_OLD_2_44(mark) mark
#else
#define _GLIB_IF_OLD_2_44(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_46
#define _GLIB_IF_NEW_2_46(mark) mark
#else
#define _GLIB_IF_NEW_2_46(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_46
#define _GLIB_IF_OLD_2_46(mark) mark
#else
#define _GLIB_IF_OLD_2_46(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_48
#define _GLIB_IF_NEW_2_48(mark) mark
#else
#define _GLIB_IF_NEW_2_48(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_48
#define _GLIB_IF_OLD_2_48(mark) mark
#else
#define _GLIB_IF_OLD_2_48(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_50
#define _GLIB_IF_NEW_2_50(mark) mark
#else
#define _GLIB_IF_NEW_2_50(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_50
#define _GLIB_IF_OLD_2_50(mark) mark
#else
#define _GLIB_IF_OLD_2_50(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_52
#define _GLIB_IF_NEW_2_52(mark) mark
#else
#define _GLIB_IF_NEW_2_52(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_52
#define _GLIB_IF_OLD_2_52(mark) mark
#else
#define _GLIB_IF_OLD_2_52(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_54
#define _GLIB_IF_NEW_2_54(mark) mark
#else
#define _GLIB_IF_NEW_2_54(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_54
#define _GLIB_IF_OLD_2_54(mark) mark
#else
#define _GLIB_IF_OLD_2_54(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_56
#define _GLIB_IF_NEW_2_56(mark) mark
#else
#define _GLIB_IF_NEW_2_56(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_56
#define _GLIB_IF_OLD_2_56(mark) mark
#else
#define _GLIB_IF_OLD_2_56(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_58
#define _GLIB_IF_NEW_2_58(mark) mark
#else
#define _GLIB_IF_NEW_2_58(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_58
#define _GLIB_IF_OLD_2_58(mark) mark
#else
#define _GLIB_IF_OLD_2_58(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_60
#define _GLIB_IF_NEW_2_60(mark) mark
#else
#define _GLIB_IF_NEW_2_60(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_60
#define _GLIB_IF_OLD_2_60(mark) mark
#else
#define _GLIB_IF_OLD_2_60(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_62
#define _GLIB_IF_NEW_2_62(mark) mark
#else
#define _GLIB_IF_NEW_2_62(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_62
#define _GLIB_IF_OLD_2_62(mark) mark
#else
#define _GLIB_IF_OLD_2_62(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_64
#define _GLIB_IF_NEW_2_64(mark) mark
#else
#define _GLIB_IF_NEW_2_64(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_64
#define _GLIB_IF_OLD_2_64(mark) mark
#else
#define _GLIB_IF_OLD_2_64(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_66
#define _GLIB_IF_NEW_2_66(mark) mark
#else
#define _GLIB_IF_NEW_2_66(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_66
#define _GLIB_IF_OLD_2_66(mark) mark
#else
#define _GLIB_IF_OLD_2_66(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_68
#define _GLIB_IF_NEW_2_68(mark) mark
#else
#define _GLIB_IF_NEW_2_68(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_68
#define _GLIB_IF_OLD_2_68(mark) mark
#else
#define _GLIB_IF_OLD_2_68(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_70
#define _GLIB_IF_NEW_2_70(mark) mark
#else
#define _GLIB_IF_NEW_2_70(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_70
#define _GLIB_IF_OLD_2_70(mark) mark
#else
#define _GLIB_IF_OLD_2_70(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_72
#define _GLIB_IF_NEW_2_72(mark) mark
#else
#define _GLIB_IF_NEW_2_72(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_72
#define _GLIB_IF_OLD_2_72(mark) mark
#else
#define _GLIB_IF_OLD_2_72(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_74
#define _GLIB_IF_NEW_2_74(mark) mark
#else
#define _GLIB_IF_NEW_2_74(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_74
#define _GLIB_IF_OLD_2_74(mark) mark
#else
#define _GLIB_IF_OLD_2_74(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_76
#define _GLIB_IF_NEW_2_76(mark) mark
#else
#define _GLIB_IF_NEW_2_76(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_76
#define _GLIB_IF_OLD_2_76(mark) mark
#else
#define _GLIB_IF_OLD_2_76(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_78
#define _GLIB_IF_NEW_2_78(mark) mark
#else
#define _GLIB_IF_NEW_2_78(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_78
#define _GLIB_IF_OLD_2_78(mark) mark
#else
#define _GLIB_IF_OLD_2_78(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_80
#define _GLIB_IF_NEW_2_80(mark) mark
#else
#define _GLIB_IF_NEW_2_80(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_80
#define _GLIB_IF_OLD_2_80(mark) mark
#else
#define _GLIB_IF_OLD_2_80(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_82
#define _GLIB_IF_NEW_2_82(mark) mark
#else
#define _GLIB_IF_NEW_2_82(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_82
#define _GLIB_IF_OLD_2_82(mark) mark
#else
#define _GLIB_IF_OLD_2_82(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_84
#define _GLIB_IF_NEW_2_84(mark) mark
#else
#define _GLIB_IF_NEW_2_84(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_84
#define _GLIB_IF_OLD_2_84(mark) mark
#else
#define _GLIB_IF_OLD_2_84(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_86
#define _GLIB_IF_NEW_2_86(mark) mark
#else
#define _GLIB_IF_NEW_2_86(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_86
#define _GLIB_IF_OLD_2_86(mark) mark
#else
#define _GLIB_IF_OLD_2_86(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_88
#define _GLIB_IF_NEW_2_88(mark) mark
#else
#define _GLIB_IF_NEW_2_88(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_88
#define _GLIB_IF_OLD_2_88(mark) mark
#else
#define _GLIB_IF_OLD_2_88(mark)
#endif
#if GLIB_VERSION_MAX_ALLOWED < GLIB_VERSION_2_90
#define _GLIB_IF_NEW_2_90(mark) mark
#else
#define _GLIB_IF_NEW_2_90(mark)
#endif
#if GLIB_VERSION_MIN_REQUIRED >= GLIB_VERSION_2_90
#define _GLIB_IF_OLD_2_90(mark) mark
#else
#define _GLIB_IF_OLD_2_90(mark)
#endif

#include <glib/glib-visibility.h>

#endif /* __G_VERSION_MACROS_H__ */
