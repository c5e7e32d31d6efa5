// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/process_setup.h"

#include <cerrno>
#include <csignal>
#include <cstdint>

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/launcher/setup/identity.h"
#include "engine/launcher/setup/process_attributes.h"
#include "engine/launcher/setup/seccomp_agent.h"
#include "engine/security/capabilities.h"

namespace isolab::launcher {
namespace {

constexpr mode_t default_umask = 0022;

/// Pipes of the caller are given to the workload's user, who may open /dev/stdout.
void give_away(int fd, const ProcessSpec& process) {
    struct stat status {};
    if (::fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
        (void)!::fchown(fd, process.uid, process.gid); // not possible for a user's own single id: no harm
}

Result<void> arrange_standard_streams(const ProcessSetup& setup) {
    if (setup.terminal != nullptr)
        return setup.terminal->become_standard_streams();
    if (!setup.keep_standard_input)
        if (const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC)); null)
            ::dup2(null.get(), STDIN_FILENO);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        give_away(fd, setup.process);
    return {};
}

/// An agent is there while the container is created, and need not be when it is started; then the filter is loaded
/// before the wait for the start. Otherwise it is the last step: all that comes after it has to pass it.
bool loads_filter_early(const ProcessSetup& setup) { return setup.seccomp != nullptr && setup.agent >= 0; }

/// Without no_new_privs the kernel asks for CAP_SYS_ADMIN (seccomp(2)), whoever the process is by then.
std::optional<unsigned> capability_for_filter(const ProcessSetup& setup) {
    if (setup.seccomp == nullptr || setup.process.no_new_privileges)
        return std::nullopt;
    return CAP_SYS_ADMIN;
}

Result<void> load_filter(const ProcessSetup& setup) {
    if (const auto capability = capability_for_filter(setup); capability && is_permitted(*capability))
        ISOLAB_TRY(raise_capability(*capability));
    if (setup.agent >= 0)
        return load_seccomp_for_agent(*setup.seccomp, setup.agent, setup.agent_message);
    ISOLAB_TRY(load_seccomp(*setup.seccomp));
    return {};
}

Result<void> lower_privileges(const ProcessSetup& setup, const Warn& warn) {
    ISOLAB_TRY(become_user(setup.process, capability_for_filter(setup), warn));
    if (setup.process.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail_errno(errno, "set no_new_privs");
    die_with_parent(); // the change of ids has cleared it (prctl(2))
    return {};
}

} // namespace

void die_with_parent() { ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

void outlive_parent() { ::prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0); }

namespace {

/// Every signal gets its default action back. By the system call itself: signal(2) of the C library refuses the two
/// that it keeps for threads, and posix_spawn(3) hands just these on as ignored.
void reset_signals() {
    struct {
        void (*handler)(int) = SIG_DFL;
        unsigned long flags = 0;
        void (*restorer)() = nullptr;
        std::uint64_t mask = 0;
    } const action;
    for (int number = 1; number < _NSIG; ++number)
        ::syscall(SYS_rt_sigaction, number, &action, nullptr,
                  sizeof action.mask); // SIGKILL and SIGSTOP stay as they are
}

} // namespace

void leave_caller() {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    reset_signals();
    ::setsid();
}

Result<WorkloadProgram> prepare_program(const ProcessSetup& setup, const Warn& warn) {
    const RuntimeProcess& process = setup.process;
    // While there are privileges: to raise hard limits (CAP_SYS_RESOURCE), to make a missing working directory, to
    // raise priorities (CAP_SYS_NICE), to mount the procfs that takes the labels (CAP_SYS_ADMIN).
    ISOLAB_TRY(apply_rlimits(process.rlimits));
    ISOLAB_TRY(arrange_standard_streams(setup));
    ISOLAB_TRY(enter_working_directory(process));
    ISOLAB_TRY(set_scheduling(process));
    ISOLAB_TRY(set_security_labels(process));
    ISOLAB_TRY(lower_privileges(setup, warn));
    ::umask(process.umask.value_or(default_umask));
    // Only now: whether the program may be executed is a matter of this user's permissions.
    ISOLAB_ASSIGN(WorkloadProgram program, find_workload(process));
    // A descriptor of the host's that the workload inherited would lead it out of its root (CVE-2024-21626).
    ::close_range(3 + setup.preserved_fds, ~0U, CLOSE_RANGE_CLOEXEC);
    if (loads_filter_early(setup))
        ISOLAB_TRY(load_filter(setup));
    return program;
}

Error execute_program(const ProcessSetup& setup, WorkloadProgram& program, const SetupChannel& channel) {
    channel.report_setup();
    if (setup.seccomp != nullptr && !loads_filter_early(setup))
        if (auto loaded = load_filter(setup); !loaded)
            return std::move(loaded).error();
    return program.execute();
}

} // namespace isolab::launcher
