// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cerrno>
#include <csignal>
#include <vector>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "resources/probe/attempt.h"
#include "resources/probe/parts.h"
#include "resources/probe/syscall_names.h"

namespace isolab::probe {

#ifdef __x86_64__

namespace {

using Arguments = std::array<long, 6>;

/// What nearly every system call refuses before it does anything: -1 is no descriptor, no address that a process may
/// name, no process, no size, no identifier, and as flags it holds some that nobody knows.
constexpr Arguments nonsense = {-1, -1, -1, -1, -1, -1};

/// A futex of the process that tries it: nobody waits there.
int nobodys_futex = 0;

/// Calls that have an effect, or no end, whatever their arguments are.
constexpr long skipped[] = {
    SYS_exit,
    SYS_exit_group, // end the process
    SYS_fork,
    SYS_vfork,           // make a process; that they work is seen from there being a result at all
    SYS_clone,           // the same, with any flags
    SYS_pause,           // never returns
    SYS_rt_sigreturn,    // takes what happens to lie on the stack for registers
    SYS_restart_syscall, // resumes what a signal has interrupted
    SYS_sync,            // writes all of the host's files to its disks
    SYS_vhangup,         // takes the terminal away
    SYS_setsid,
    SYS_munlockall // no arguments: they would do it
};

/// Calls for which -1 means something, or whose answer to nonsense is that there is no such call.
struct Special {
    long number;
    Arguments (*arguments)();
};
constexpr Special specials[] = {
    // -1 is everybody: signal 0, which only asks, to this process alone
    {SYS_kill,
     [] {
         return Arguments{::getpid(), 0};
     }},
    {SYS_tkill,
     [] {
         return Arguments{::syscall(SYS_gettid), 0};
     }},
    {SYS_tgkill,
     [] {
         return Arguments{::getpid(), ::syscall(SYS_gettid), 0};
     }},
    {SYS_rt_sigqueueinfo,
     [] {
         return Arguments{::getpid(), 0, -1};
     }},
    {SYS_rt_tgsigqueueinfo,
     [] {
         return Arguments{::getpid(), ::syscall(SYS_gettid), 0, -1};
     }},
    // flags of -1 would create: only ask for a key that nobody uses
    {SYS_msgget,
     [] {
         return Arguments{0x1501abed, 0};
     }},
    {SYS_semget,
     [] {
         return Arguments{0x1501abed, 0, 0};
     }},
    {SYS_shmget,
     [] {
         return Arguments{0x1501abed, 0, 0};
     }},
    // unknown operations of these are answered by ENOSYS: wake one of nobody, read none of no table
    {SYS_futex,
     [] {
         return Arguments{reinterpret_cast<long>(&nobodys_futex), 1, 1};
     }},
    {SYS_modify_ldt,
     [] {
         return Arguments{0, 0, 0};
     }},
    // filters let these pass by their first argument: an ordinary socket, and the question what the personality is
    {SYS_socket,
     [] {
         return Arguments{1, 1, 0};
     }},
    {SYS_personality, [] { return Arguments{0xffffffffL}; }},
    // dangerous enough to be written out: two wrong magic numbers; more segments than there can be, and wrong flags; no
    // descriptors and wrong flags; a module of no bytes; an address that is not NULL, which would end accounting
    {SYS_reboot,
     [] {
         return Arguments{1, 1, -1, -1};
     }},
    {SYS_kexec_load,
     [] {
         return Arguments{-1, 1 << 20U, -1, -1};
     }},
    {SYS_kexec_file_load,
     [] {
         return Arguments{-1, -1, 0, -1, -1};
     }},
    {SYS_init_module,
     [] {
         return Arguments{-1, 0, -1};
     }},
    {SYS_finit_module,
     [] {
         return Arguments{-1, -1, -1};
     }},
    {SYS_swapon,
     [] {
         return Arguments{-1, 0};
     }}, // wrong flags would be named before the missing right
    {SYS_acct, [] { return Arguments{-1}; }},
};

bool is_skipped(long number) {
    for (const long one : skipped)
        if (one == number)
            return true;
    return false;
}

Arguments arguments_of(long number) {
    for (const Special& special : specials)
        if (special.number == number)
            return special.arguments();
    return nonsense;
}

/// In a process of its own: the call, and its errno or 0.
int call(long number) {
    ::prctl(PR_SET_DUMPABLE, 0); // a filter that kills leaves no core file then
    const Arguments a = arguments_of(number);
    return ::syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]) < 0 ? errno : 0;
}

} // namespace

void add_syscalls(Object& document) {
    std::vector<std::string> works;
    std::vector<std::string> refused;
    std::vector<std::string> absent;
    std::vector<std::string> skips;
    std::vector<std::string> hangs;
    for (const auto& [number, name] : syscall_names) {
        if (is_skipped(number)) {
            skips.emplace_back(name);
            continue;
        }
        const Outcome outcome = attempt([n = number] { return call(n); });
        if (outcome.hangs)
            hangs.emplace_back(name);
        else if (outcome.error == EPERM || outcome.error == EACCES || outcome.signal == SIGSYS)
            refused.emplace_back(name);
        else if (outcome.error == ENOSYS)
            absent.emplace_back(name);
        else
            works.emplace_back(name);
    }
    document.add("syscalls", Object()
                                 .add("works", list(works))
                                 .add("refused", list(refused))
                                 .add("absent", list(absent))
                                 .add("skipped", list(skips))
                                 .add("hangs", list(hangs))
                                 .text());
}

#else

void add_syscalls(Object& document) { document.add("syscalls", "null"); }

#endif

} // namespace isolab::probe
