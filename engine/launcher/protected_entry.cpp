// SPDX-License-Identifier: GPL-3.0-or-later
//
// The program's first instructions on x86-64. The C library's start asks the processor about itself some seventy times;
// in a virtual machine each answer is a trap to the host, half a millisecond in all. A verb that is to run from a
// read-only clone of its file's mount would pay that twice, so the clone is executed before the C library starts.
//
// Nothing but system calls may be used here: no library function, no thread-local storage, no relocation is ready yet.
// Where a step fails, the ordinary start follows and run_from_protected_executable() sees to it.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

namespace {

constexpr const char* own_file = "/proc/self/exe";

long word(long value) { return value; }
long word(const void* value) { return reinterpret_cast<long>(value); } // NOLINT: what a register holds

template <class... Argument> long call(long number, Argument... arguments) {
    const long given[5] = {word(arguments)...};
    register long fourth asm("r10") = given[3];
    register long fifth asm("r8") = given[4];
    long result = number;
    asm volatile("syscall"
                 : "+a"(result)
                 : "D"(given[0]), "S"(given[1]), "d"(given[2]), "r"(fourth), "r"(fifth)
                 : "rcx", "r11", "memory");
    return result;
}

bool same(const char* one, const char* other) {
    for (; *one == *other; ++one, ++other)
        if (*one == '\0')
            return true;
    return false;
}

/// Whether one of the words is the name of such a verb; when it is something else, the clone only takes its time.
bool may_make_processes(char** arguments) {
    for (; *arguments != nullptr; ++arguments)
        if (same(*arguments, "run") || same(*arguments, "create") || same(*arguments, "exec") ||
            same(*arguments, "adopt"))
            return true;
    return false;
}

} // namespace

/// `stack` as the kernel leaves it (System V ABI, "Initial Stack"): the count of arguments, these, a null, the
/// environment, a null.
extern "C" [[gnu::used]] void isolab_protect(long* stack) {
    char** const arguments = reinterpret_cast<char**>(stack + 1); // NOLINT: the ABI's layout
    char** const environment = arguments + *stack + 1;
    struct statfs status; // NOLINT: cleared as a whole, a library function would do it
    status.f_flags = 0;
    if (!may_make_processes(arguments) || call(SYS_statfs, own_file, &status) != 0 || (status.f_flags & ST_RDONLY) != 0)
        return;
    const long clone = call(SYS_open_tree, long{AT_FDCWD}, own_file, long{OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC});
    if (clone < 0)
        return;
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY;
    if (call(SYS_mount_setattr, clone, "", long{AT_EMPTY_PATH}, &attributes, long{sizeof attributes}) == 0)
        call(SYS_execveat, clone, "", arguments, environment, long{AT_EMPTY_PATH});
    call(SYS_close, clone);
}

// _start of the C library follows with the stack and with rdx, which it hands to atexit(3), as the kernel left them.
asm(R"(
    .text
    .globl isolab_entry
    .type isolab_entry, @function
isolab_entry:
    .cfi_startproc
    .cfi_undefined rip
    movq %rsp, %rdi
    pushq %rdx
    subq $8, %rsp
    call isolab_protect
    addq $8, %rsp
    popq %rdx
    jmp _start
    .cfi_endproc
    .size isolab_entry, . - isolab_entry
)");
