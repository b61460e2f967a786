/* faults.c - puts functions of its own between the library under test and the C library: see faults.h.
 *
 * Each of the library's places for an imported function is given the address of a stub, which counts, fails if it is
 * this call's turn, and goes on to the real function if not. A stub passes on whatever registers may hold: seven
 * numbers, more than any function here takes, and none of these takes or returns a number with a fraction.
 *
 * Counts are in memory shared with forked children, so that a call of a child has its number too. Everything a stub
 * does is allowed in a signal handler.
 */
#define _GNU_SOURCE
#include "faults.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef long (*Function) (long, long, long, long, long, long, long);

typedef enum { MINUS_ONE, NOTHING, NUMBER, DONE_FIRST } Telling;

typedef struct {
    const char *name;
    Telling     telling;
    int         burst;
    const char *errors;
} Call;

static const Call calls[] = {
#define CALL(name, telling, burst, errors) { #name, telling, burst, errors },
#define SYSCALL(number, name, burst, errors)
#define HARMLESS(name)
#include "functions.h"
#undef CALL
#undef SYSCALL
};

static const struct {
    long number;
    Call call;
} system_calls[] = {
#define CALL(name, telling, burst, errors)
#define SYSCALL(number, name, burst, errors) { number, { name, MINUS_ONE, burst, errors } },
#include "functions.h"
#undef CALL
#undef SYSCALL
#undef HARMLESS
};

static const char *const harmless[] = {
#define CALL(name, telling, burst, errors)
#define SYSCALL(number, name, burst, errors)
#define HARMLESS(name) #name,
#include "functions.h"
#undef CALL
#undef SYSCALL
#undef HARMLESS
};

#define CALLS G_N_ELEMENTS (calls)
#define NUMBERS 512 /* system calls have smaller numbers */

/* The error numbers of functions.h, and those of system calls that are not there. */
#define UNNAMED "ENOSYS EPERM ENOMEM EINTR"
static const struct {
    const char *name;
    int         number;
} errors[] = {
#define ERROR(name) { #name, name },
    ERROR (EACCES) ERROR (EAGAIN) ERROR (EBADF) ERROR (ECHILD) ERROR (EINTR) ERROR (EINVAL) ERROR (EIO) ERROR (EMFILE)
    ERROR (ENAMETOOLONG) ERROR (ENFILE) ERROR (ENOBUFS) ERROR (ENODEV) ERROR (ENOENT) ERROR (ENOMEM) ERROR (ENOSPC)
    ERROR (ENOSYS) ERROR (EPERM) ERROR (ESPIPE)
#undef ERROR
};

typedef struct {
    guint64 of_call[CALLS];
    guint64 of_number[NUMBERS];
    guint64 all;
    gint64  blocks;
} Counts;

static Counts  *counts;
static Function real[CALLS];
static Function real_free;
static Function real_syscall;

/* What is to fail: a name, from which call to which, how. */
static char    failing[32];
static guint64 fails_from, fails_to;
static int     fails_with;

static void
give_up (const char *what)
{
    fprintf (stderr, "faults: %s\n", what);
    _exit (2);
}

guint64
faults_calls (void)
{
    return counts != NULL ? __atomic_load_n (&counts->all, __ATOMIC_RELAXED) : 0;
}

gint64
faults_live_blocks (void)
{
    return counts != NULL ? __atomic_load_n (&counts->blocks, __ATOMIC_RELAXED) : 0;
}

gboolean
faults_close_descriptors (void)
{
    return fails_with == EBADF;
}

/* ---- failing ---------------------------------------------------------------------------------------------------- */

/* Counts a call, in two places; TRUE if it is to fail. */
static gboolean
is_turn (const char *name, guint64 *count)
{
    guint64 turn = __atomic_add_fetch (count, 1, __ATOMIC_RELAXED);

    __atomic_add_fetch (&counts->all, 1, __ATOMIC_RELAXED);
    return turn >= fails_from && turn <= fails_to && strcmp (name, failing) == 0;
}

/* ---- failures must be true ---------------------------------------------------------------------------------------- */

/* What `/proc` says of a descriptor of the kernel's own making, "eventfd" for one; else "". */
static const char *
kind_of (long fd, char room[64])
{
    char    path[64];
    ssize_t length;

    snprintf (path, sizeof path, "/proc/self/fd/%d", (int) fd);
    length = readlink (path, room, 63);
    room[MAX (length, 0)] = '\0';
    return strncmp (room, "anon_inode:", 11) == 0 ? room + 11 : "";
}

/* An eventfd that would block is full for a writer and empty for a reader. */
static void
make_block (const char *name, int fd)
{
    const uint64_t full = UINT64_MAX - 1;
    uint64_t       count;

    while (read (fd, &count, sizeof count) < 0 && errno == EINTR)
        ;
    if (name[0] == 'w' && write (fd, &full, sizeof full) != sizeof full)
        give_up ("an eventfd that cannot be filled");
}

/* TRUE if waitid can fail so: with EINVAL on a kernel that does not know process descriptors, with ECHILD if there was a
 * child and somebody has just reaped it, which is done here. */
static gboolean
can_waitid_fail (long kind, long id)
{
    siginfo_t info = { .si_pid = 0 };

    if (fails_with == EINVAL)
        return kind == P_PIDFD;
    return fails_with != ECHILD
           || waitid ((idtype_t) kind, (id_t) id, &info, WEXITED | WNOHANG) < 0 || info.si_pid != 0;
}

/* Makes a failure true as far as the library could tell; FALSE if there can be no such failure, whatever the manual says.
 * Of the loop's own descriptors: one that is not open (EBADF) was closed by somebody just now, and none has errors on a
 * medium. Of others: fcntl cannot fail on what is open. */
static gboolean
make_true (const char *name, long a, long b)
{
    char        room[64];
    const char *kind;

    if (strcmp (name, "waitid") == 0)
        return can_waitid_fail (a, b);
    if (strcmp (name, "fcntl") != 0 && fails_with != EBADF && fails_with != EAGAIN && fails_with != EIO)
        return TRUE;
    kind = kind_of (a, room);
    if (kind[0] == '\0')
        return strcmp (name, "fcntl") != 0;
    if (fails_with == EBADF)
        close ((int) a);
    if (fails_with == EAGAIN && strcmp (kind, "[eventfd]") == 0)
        make_block (name, (int) a);
    return fails_with != EIO;
}

static long
called (size_t which, long a, long b, long c, long d, long e, long f, long g)
{
    const Call *call = &calls[which];

    if (!is_turn (call->name, &counts->of_call[which])
        || (call->telling != NUMBER && !make_true (call->name, a, b)))
        return real[which](a, b, c, d, e, f, g);
    if (call->telling == DONE_FIRST)
        real[which](a, b, c, d, e, f, g);
    if (call->telling == NUMBER)
        return fails_with;
    errno = fails_with;
    return call->telling == NOTHING ? 0 : -1;
}

/* ---- stubs ------------------------------------------------------------------------------------------------------ */

enum {
#define CALL(name, telling, burst, errors) WHICH_##name,
#define SYSCALL(number, name, burst, errors)
#define HARMLESS(name)
#include "functions.h"
#undef CALL
};

static const Call *
system_call (long number)
{
    static char names[NUMBERS][16];
    static Call unnamed[NUMBERS];

    for (size_t i = 0; i < G_N_ELEMENTS (system_calls); i++)
        if (system_calls[i].number == number)
            return &system_calls[i].call;
    snprintf (names[number], sizeof names[number], "syscall-%ld", number);
    unnamed[number] = (Call) { names[number], MINUS_ONE, 30, UNNAMED };
    return &unnamed[number];
}

static long
stub_syscall (long number, long a, long b, long c, long d, long e, long f)
{
    /* Waking by futex cannot fail, for the kernel does nothing that could. */
    gboolean wakes = number == SYS_futex && (b & FUTEX_CMD_MASK) == FUTEX_WAKE;

    if (number < 0 || number >= NUMBERS)
        give_up ("a system call beyond all numbers");
    /* Those that have functions fail as these do; the library goes round the functions where a thread could be cancelled. */
    if (number == SYS_read)
        return called (WHICH_read, a, b, c, d, e, f, 0);
    if (number == SYS_write)
        return called (WHICH_write, a, b, c, d, e, f, 0);
    if (number == SYS_close)
        return called (WHICH_close, a, b, c, d, e, f, 0);
    if (wakes || !is_turn (system_call (number)->name, &counts->of_number[number]))
        return real_syscall (number, a, b, c, d, e, f);
    errno = fails_with;
    return -1;
}

#define CALL(name, telling, burst, errors)                                                                    \
    static long stub_##name (long a, long b, long c, long d, long e, long f, long g)                          \
    {                                                                                                         \
        return called (WHICH_##name, a, b, c, d, e, f, g);                                                    \
    }
#include "functions.h"
#undef CALL

static const Function stubs[] = {
#define CALL(name, telling, burst, errors) stub_##name,
#include "functions.h"
#undef CALL
#undef SYSCALL
#undef HARMLESS
};

/* Memory is counted besides. */

static long
counted (long block)
{
    if (block != 0)
        __atomic_add_fetch (&counts->blocks, 1, __ATOMIC_RELAXED);
    return block;
}

static long
counting_malloc (long a, long b, long c, long d, long e, long f, long g)
{
    return counted (stub_malloc (a, b, c, d, e, f, g));
}

static long
counting_calloc (long a, long b, long c, long d, long e, long f, long g)
{
    return counted (stub_calloc (a, b, c, d, e, f, g));
}

static long
counting_strdup (long a, long b, long c, long d, long e, long f, long g)
{
    return counted (stub_strdup (a, b, c, d, e, f, g));
}

static long
counting_realloc (long a, long b, long c, long d, long e, long f, long g)
{
    long block = stub_realloc (a, b, c, d, e, f, g);

    return a == 0 ? counted (block) : block;
}

static long
counting_memalign (long a, long b, long c, long d, long e, long f, long g)
{
    long error = stub_posix_memalign (a, b, c, d, e, f, g);

    counted ((int) error == 0);
    return error;
}

static long
counting_free (long a, long b, long c, long d, long e, long f, long g)
{
    if (a != 0)
        __atomic_sub_fetch (&counts->blocks, 1, __ATOMIC_RELAXED);
    return real_free (a, b, c, d, e, f, g);
}

static const struct {
    const char *name;
    Function    stub;
} memory[] = {
    { "malloc", counting_malloc },   { "calloc", counting_calloc },           { "strdup", counting_strdup },
    { "realloc", counting_realloc }, { "posix_memalign", counting_memalign }, { "free", counting_free },
};

/* ---- the library's places ---------------------------------------------------------------------------------------- */

/* The stub for a function, or NULL if it is harmless. With `strict` it gives up on one that nobody has thought about. */
static Function
stub_for (const char *name, gboolean strict)
{
    for (size_t i = 0; i < G_N_ELEMENTS (memory); i++)
        if (strcmp (name, memory[i].name) == 0)
            return memory[i].stub;
    if (strcmp (name, "syscall") == 0)
        return stub_syscall;
    for (size_t i = 0; i < CALLS; i++)
        if (strcmp (name, calls[i].name) == 0)
            return stubs[i];
    for (size_t i = 0; i < G_N_ELEMENTS (harmless); i++)
        if (strcmp (name, harmless[i]) == 0)
            return NULL;
    if (!strict)
        return NULL;
    fprintf (stderr, "faults: tests/faults/functions.h does not say how %s fails\n", name);
    _exit (2);
}

/* TRUE if the name is a function of the C library; what others define, and data, is nobody's fault. */
static gboolean
is_of_libc (const char *name)
{
    void             *address = dlsym (RTLD_DEFAULT, name);
    const ElfW (Sym) *symbol = NULL;
    Dl_info           info;

    if (address == NULL || dladdr1 (address, &info, (void **) &symbol, RTLD_DL_SYMENT) == 0)
        return FALSE;
    if (strstr (info.dli_fname, "/libc.so") == NULL || strcmp (name, "__tls_get_addr") == 0)
        return FALSE;
    return symbol == NULL || ELF64_ST_TYPE (symbol->st_info) == STT_FUNC
           || ELF64_ST_TYPE (symbol->st_info) == STT_GNU_IFUNC;
}

/* TRUE for a relocation that stores a function's address as it is. */
static gboolean
is_place (guint64 type)
{
#if defined(__x86_64__)
    return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT || type == R_X86_64_64;
#elif defined(__aarch64__)
    return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT || type == R_AARCH64_ABS64;
#else
#error "say which relocations store an address"
#endif
}

static void
put (ElfW (Addr) place, Function stub)
{
    const uintptr_t page = (uintptr_t) sysconf (_SC_PAGESIZE);

    /* The loader has made these pages read-only; nobody minds that they are not any more. */
    if (mprotect ((void *) (place & ~(page - 1)), page, PROT_READ | PROT_WRITE) < 0)
        give_up ("mprotect");
    memcpy ((void *) place, &stub, sizeof stub);
}

typedef struct {
    gboolean            ours;
    ElfW (Addr)         base;
    const ElfW (Sym)   *symbols;
    const char         *names;
    const ElfW (Rela)  *tables[2];
    size_t              sizes[2];
} Library;

static void
read_dynamic (Library *library, const ElfW (Dyn) *entry)
{
    for (; entry->d_tag != DT_NULL; entry++) {
        switch (entry->d_tag) {
        case DT_SYMTAB:
            library->symbols = (const ElfW (Sym) *) entry->d_un.d_ptr;
            break;
        case DT_STRTAB:
            library->names = (const char *) entry->d_un.d_ptr;
            break;
        case DT_RELA:
            library->tables[0] = (const ElfW (Rela) *) entry->d_un.d_ptr;
            break;
        case DT_RELASZ:
            library->sizes[0] = entry->d_un.d_val;
            break;
        case DT_JMPREL:
            library->tables[1] = (const ElfW (Rela) *) entry->d_un.d_ptr;
            break;
        case DT_PLTRELSZ:
            library->sizes[1] = entry->d_un.d_val;
            break;
        default:
            break;
        }
    }
}

static int
patch (const Library *library)
{
    int placed = 0;

    for (int table = 0; table < 2; table++) {
        for (size_t i = 0; i < library->sizes[table] / sizeof (ElfW (Rela)); i++) {
            const ElfW (Rela) *place = &library->tables[table][i];
            const ElfW (Sym)  *symbol = &library->symbols[ELF64_R_SYM (place->r_info)];
            const char        *name = library->names + symbol->st_name;
            Function           stub;

            if (!is_place (ELF64_R_TYPE (place->r_info)) || symbol->st_shndx != SHN_UNDEF || !is_of_libc (name))
                continue;
            stub = stub_for (name, library->ours);
            if (stub != NULL) {
                put (library->base + place->r_offset, stub);
                placed++;
            }
        }
    }
    return placed;
}

static int
visit (struct dl_phdr_info *object, size_t size, void *data)
{
    gboolean ours = strstr (object->dlpi_name, "/libmainspring.") != NULL;
    Library  library = { ours, object->dlpi_addr, NULL, NULL, { NULL, NULL }, { 0, 0 } };

    (void) size;
    if (!ours && strstr (object->dlpi_name, "/libglib-2.0.") == NULL)
        return 0;
    for (int i = 0; i < object->dlpi_phnum; i++)
        if (object->dlpi_phdr[i].p_type == PT_DYNAMIC)
            read_dynamic (&library, (const ElfW (Dyn) *) (object->dlpi_addr + object->dlpi_phdr[i].p_vaddr));
    if (library.symbols == NULL || library.names == NULL)
        give_up ("a library without symbols");
    *(int *) data += patch (&library);
    return 0;
}

/* ---- the environment's orders ------------------------------------------------------------------------------------ */

static void
read_order (const char *order)
{
    char     error[16], last[16];
    unsigned first;

    if (strcmp (order, "count") == 0)
        return;
    if (sscanf (order, "%31[^:]:%u:%15[^:]:%15s", failing, &first, last, error) != 4)
        give_up ("an order nobody understands");
    fails_from = first;
    fails_to = strcmp (last, "") == 0 || strcmp (last, "ever") == 0 ? UINT64_MAX : strtoull (last, NULL, 10);
    for (size_t i = 0; i < G_N_ELEMENTS (errors); i++)
        if (strcmp (error, errors[i].name) == 0)
            fails_with = errors[i].number;
    if (fails_with == 0)
        give_up ("an unknown error number");
}

static void
thunder (int signum)
{
    (void) signum;
}

/* From now on a signal comes every so many microseconds, and interrupts whatever can be interrupted. */
static void
start_storm (long microseconds)
{
    struct sigaction  action = { .sa_handler = thunder };
    struct sigevent   event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN };
    struct itimerspec times = { { 0, microseconds * 1000 }, { 0, microseconds * 1000 } };
    timer_t           timer;

    if (sigaction (SIGRTMIN, &action, NULL) < 0 || timer_create (CLOCK_MONOTONIC, &event, &timer) < 0
        || timer_settime (timer, 0, &times, NULL) < 0)
        give_up ("no storm");
}

static void __attribute__ ((constructor))
begin (void)
{
    const char *order = getenv ("FAULTS");
    int         placed = 0;

    if (order == NULL)
        return;
    counts = mmap (NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (counts == MAP_FAILED)
        give_up ("mmap");
    for (size_t i = 0; i < CALLS; i++)
        real[i] = (Function) (uintptr_t) dlsym (RTLD_DEFAULT, calls[i].name);
    real_free = (Function) (uintptr_t) dlsym (RTLD_DEFAULT, "free");
    real_syscall = (Function) (uintptr_t) dlsym (RTLD_DEFAULT, "syscall");
    read_order (order);
    dl_iterate_phdr (visit, &placed);
    if (placed == 0)
        give_up ("no library to make faults in");
    if (strcmp (failing, "storm") == 0)
        start_storm ((long) fails_from);
}

static void
tell (FILE *report, const Call *call, guint64 count)
{
    if (count > 0)
        fprintf (report, "%s\t%llu\t%d\t%s\n", call->name, (unsigned long long) count, call->burst, call->errors);
}

static void __attribute__ ((destructor))
end (void)
{
    const char *path = getenv ("FAULTS_REPORT");
    FILE       *report;

    if (counts == NULL || path == NULL)
        return;
    report = fopen (path, "w");
    if (report == NULL)
        give_up ("no report");
    for (size_t i = 0; i < CALLS; i++)
        tell (report, &calls[i], counts->of_call[i]);
    for (long number = 0; number < NUMBERS; number++)
        if (counts->of_number[number] > 0)
            tell (report, system_call (number), counts->of_number[number]);
    fclose (report);
}
