// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/process_setup.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/launcher/setup/identity.h"
#include "engine/launcher/setup/process_attributes.h"
#include "engine/launcher/setup/seccomp_agent.h"

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

/// When the filter is loaded: as late as can be, since what comes after it has to pass it.
enum class FilterMoment {
    never,
    with_privileges, ///< without no_new_privs it needs CAP_SYS_ADMIN, so it comes before that is given up
    before_gate,     ///< an agent is there now, and need not be when a created container is started
    last,
};

FilterMoment filter_moment(const ProcessSetup& setup) {
    if (setup.seccomp == nullptr)
        return FilterMoment::never;
    if (!setup.process.no_new_privileges)
        return FilterMoment::with_privileges;
    return setup.agent < 0 ? FilterMoment::last : FilterMoment::before_gate;
}

Result<void> load_filter_at(FilterMoment moment, const ProcessSetup& setup) {
    if (filter_moment(setup) != moment)
        return {};
    if (setup.agent >= 0)
        return load_seccomp_for_agent(*setup.seccomp, setup.agent, setup.agent_message);
    ISOLAB_TRY(load_seccomp(*setup.seccomp));
    return {};
}

Result<void> lower_privileges(const ProcessSetup& setup, const Warn& warn) {
    ISOLAB_TRY(load_filter_at(FilterMoment::with_privileges, setup));
    ISOLAB_TRY(become_user(setup.process, warn));
    if (setup.process.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail_errno(errno, "set no_new_privs");
    die_with_parent(); // the change of ids has cleared it (prctl(2))
    return {};
}

} // namespace

void die_with_parent() { ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

void outlive_parent() { ::prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0); }

void leave_caller() {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD})
        ::signal(number, SIG_DFL);
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
    ISOLAB_TRY(load_filter_at(FilterMoment::before_gate, setup));
    return program;
}

Error execute_program(const ProcessSetup& setup, WorkloadProgram& program, const SetupChannel& channel) {
    if (auto loaded = load_filter_at(FilterMoment::last, setup); !loaded)
        return std::move(loaded).error();
    channel.report_setup();
    return program.execute();
}

} // namespace isolab::launcher
