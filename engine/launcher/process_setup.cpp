// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/process_setup.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/launcher/identity.h"
#include "engine/launcher/process_attributes.h"

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

/// Without no_new_privs loading a filter needs CAP_SYS_ADMIN, so it comes before that is given up.
bool filter_comes_first(const ProcessSetup& setup) {
    return setup.seccomp != nullptr && !setup.process.no_new_privileges;
}

Result<void> lower_privileges(const ProcessSetup& setup, const Warn& warn) {
    if (filter_comes_first(setup))
        ISOLAB_TRY(load_seccomp(*setup.seccomp));
    ISOLAB_TRY(become_user(setup.process, warn));
    if (setup.process.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail_errno(errno, "set no_new_privs");
    die_with_parent();
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
    ISOLAB_TRY(apply_rlimits(process.rlimits));
    ISOLAB_TRY(arrange_standard_streams(setup));
    ISOLAB_TRY(enter_working_directory(process));
    ISOLAB_TRY(set_scheduling(process));
    ISOLAB_TRY(set_security_labels(process));
    ISOLAB_TRY(lower_privileges(setup, warn));
    ::umask(process.umask.value_or(default_umask));
    ISOLAB_ASSIGN(WorkloadProgram program, find_workload(process));
    ::close_range(3 + setup.preserved_fds, ~0U, CLOSE_RANGE_CLOEXEC);
    return program;
}

Error execute_program(const ProcessSetup& setup, WorkloadProgram& program, const SetupChannel& channel) {
    if (setup.seccomp != nullptr && !filter_comes_first(setup))
        if (auto loaded = load_seccomp(*setup.seccomp); !loaded)
            return std::move(loaded).error();
    channel.report_setup();
    return program.execute();
}

} // namespace isolab::launcher
