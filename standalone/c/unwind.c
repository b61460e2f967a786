/*
 * The unwinder, fetched when it is needed.
 *
 * Exceptions and the end of a thread pass through our frames on their way, and what Rust has the compiler put there for
 * that calls the unwinder that is at work. Most C programs never unwind; to have libgcc_s loaded, bound and kept in
 * memory for them is a good third of what this library costs at start. So the shared libraries carry these in its place, and find
 * the real ones upon the first call, by which time an unwinder is at work and has been loaded: in the program's own
 * scope, or where the C library has put it that needs it for pthread_exit and does the same.
 *
 * Linked into the shared libraries only (xtask/src/link.rs). Who links the archive has the linker find libgcc.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

static const char missing[] = "mainspring: an exception cannot pass: libgcc_s.so.1 has not what it takes\n";

static void *
find (const char *name)
{
  void *library;
  void *found = dlsym (RTLD_DEFAULT, name);

  if (found != NULL)
    return found;
  library = dlopen ("libgcc_s.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library != NULL)
    found = dlsym (library, name);
  if (found == NULL)
    {
      ssize_t written = write (STDERR_FILENO, missing, sizeof missing - 1);

      (void) written;
      abort ();
    }
  return found;
}

/* Threads that look at once find the same. */
static void *
known (void **place, const char *name)
{
  void *found = __atomic_load_n (place, __ATOMIC_ACQUIRE);

  if (found == NULL)
    {
      found = find (name);
      __atomic_store_n (place, found, __ATOMIC_RELEASE);
    }
  return found;
}

/* What of them we see: they are the unwinder's own. */
struct context;
struct exception;

/* Defines a function, for this library alone, that hands its arguments on to the real one. */
#define LATE(result, name, parameters, call)                       \
  __attribute__ ((visibility ("hidden"))) result name parameters;  \
                                                                   \
  result name parameters                                           \
  {                                                                \
    static void *place;                                            \
    union                                                          \
    {                                                              \
      void *address;                                               \
      result (*function) parameters;                               \
    } real = { known (&place, #name) };                            \
                                                                   \
    call;                                                          \
  }

LATE (void, _Unwind_SetGR, (struct context * frame, int index, uintptr_t value), real.function (frame, index, value))
LATE (uintptr_t, _Unwind_GetIP, (struct context * frame), return real.function (frame))
LATE (uintptr_t, _Unwind_GetIPInfo, (struct context * frame, int *before), return real.function (frame, before))
LATE (void, _Unwind_SetIP, (struct context * frame, uintptr_t value), real.function (frame, value))
LATE (void *, _Unwind_GetLanguageSpecificData, (struct context * frame), return real.function (frame))
LATE (uintptr_t, _Unwind_GetRegionStart, (struct context * frame), return real.function (frame))
LATE (uintptr_t, _Unwind_GetDataRelBase, (struct context * frame), return real.function (frame))
LATE (uintptr_t, _Unwind_GetTextRelBase, (struct context * frame), return real.function (frame))

/* Where an unwinding begins: parts of the standard library that are left out have the linker ask for these, too. */
LATE (int, _Unwind_Backtrace, (int (*step) (struct context *, void *), void *data), return real.function (step, data))
LATE (int, _Unwind_RaiseException, (struct exception * exception), return real.function (exception))

/* Goes on from the frame that called it: this one lies in between, and has nothing to clean up. It does not come back. */
LATE (void, _Unwind_Resume, (struct exception * exception), real.function (exception); abort ())
