// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/first_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/launcher/container_root.h"
#include "engine/launcher/identity.h"
#include "engine/launcher/sysctls.h"
#include "engine/launcher/workload_program.h"

namespace isolab::launcher {
namespace {

/// write(2) and not send(2): with the filter loaded a workload's own profile may forbid the latter.
void report(int socket, const LaunchRecord& record) {
    const std::string packet = encode(record);
    (void)!::write(socket, packet.data(), packet.size()); // a parent that is gone has no use for it
}

Result<void> await(int socket, char expected) {
    char byte = 0;
    ssize_t size = 0;
    do
        size = ::read(socket, &byte, 1);
    while (size < 0 && errno == EINTR);
    if (size != 1 || byte != expected)
        return fail(ErrorKind::cancelled, "start the container", {}, "the launcher ended");
    return {};
}

/// The container must not outlive its monitor. Changing the user clears this, so it is asked for twice.
void die_with_parent() { ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

void reset_signals() {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD})
        ::signal(number, SIG_DFL);
}

Result<void> enter_user_namespace(int socket) {
    ISOLAB_TRY(await(socket, ids_are_mapped));
    if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
        return fail_errno(errno, "become root of the user namespace");
    return {};
}

Result<void> raise_loopback() {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::memcpy(request.ifr_name, "lo", 3);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (!socket || ::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0)
        return fail_errno(errno, "raise the loopback interface");
    return {};
}

Result<void> set_host_facts(const RuntimeSpec& spec) {
    if (!spec.hostname.empty() && ::sethostname(spec.hostname.data(), spec.hostname.size()) != 0)
        return fail_errno(errno, "set host name", spec.hostname);
    if (spec.namespaces.network)
        ISOLAB_TRY(raise_loopback());
    ISOLAB_TRY(write_sysctls(spec.sysctls));
    if (spec.oom_score_adj) {
        const std::string value = std::to_string(*spec.oom_score_adj);
        const UniqueFd file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
        if (!file || ::write(file.get(), value.data(), value.size()) < 0)
            return fail_errno(errno, "set oom_score_adj to", value);
    }
    return {};
}

/// Pipes of the caller are given to the workload's user, who may open /dev/stdout.
void arrange_standard_streams(const ProcessSpec& process, bool keep_input) {
    if (!keep_input)
        if (const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC)); null)
            ::dup2(null.get(), STDIN_FILENO);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        struct stat status {};
        if (::fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
            (void)!::fchown(fd, process.uid, process.gid); // not possible for a user's own single id: no harm
    }
}

/// The one-byte go-ahead of the parent, asked for when it is needed first.
class GroupEntry {
  public:
    GroupEntry(int socket, bool own_namespace) : socket_(socket), own_namespace_(own_namespace) {}
    Result<void> ensure() {
        if (std::exchange(done_, true))
            return {};
        ISOLAB_TRY(await(socket_, group_is_entered));
        if (own_namespace_ && ::unshare(CLONE_NEWCGROUP) != 0)
            return fail_errno(errno, "make a cgroup namespace");
        return {};
    }

  private:
    int socket_;
    bool own_namespace_;
    bool done_ = false;
};

Result<void> build_world(const LaunchPlan& plan, int socket) {
    const RuntimeSpec& spec = plan.spec;
    if (spec.namespaces.user)
        ISOLAB_TRY(enter_user_namespace(socket));
    ISOLAB_TRY(set_host_facts(spec));
    GroupEntry group(socket, spec.namespaces.cgroup);
    ISOLAB_ASSIGN(const ContainerRoot root,
                  ContainerRoot::mount(plan.mounts, plan.layout, plan.group ? &*plan.group : nullptr,
                                       [&group] { return group.ensure(); }));
    ISOLAB_TRY(root.enter());
    return group.ensure();
}

Result<void> lower_privileges(const LaunchPlan& plan, const Warn& warn) {
    const RuntimeSpec& spec = plan.spec;
    if (plan.seccomp && !spec.no_new_privileges) // needs CAP_SYS_ADMIN, so before it is given up
        ISOLAB_TRY(load_seccomp(*plan.seccomp));
    ISOLAB_TRY(become_user(spec, warn));
    if (spec.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail_errno(errno, "set no_new_privs");
    die_with_parent();
    return {};
}

void send_setup_mark(int socket) {
    const Nanoseconds at = monotonic_now();
    report(socket, MarkRecord{Phase::setup, at, process_cpu_time(0).value_or(Nanoseconds{0})});
}

Result<WorkloadProgram> prepare(const LaunchPlan& plan, int socket, const Warn& warn) {
    const RuntimeSpec& spec = plan.spec;
    die_with_parent();
    reset_signals();
    ::setsid(); // no terminal of the host's to push characters into (CVE-2017-5226)
    ISOLAB_TRY(build_world(plan, socket));
    ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr); // not the caller's keys; kernels without keys: none
    ISOLAB_TRY(apply_rlimits(spec.rlimits));
    arrange_standard_streams(spec.process, plan.keep_standard_input);
    ISOLAB_TRY(enter_working_directory(spec.process));
    ISOLAB_TRY(lower_privileges(plan, warn));
    ::umask(spec.umask.value_or(0022));
    ISOLAB_ASSIGN(WorkloadProgram program, find_workload(spec.process));
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    return program;
}

/// Keeps two descriptors above standard error. What was open before the clone, the lock of the state folder among it,
/// is not to be held as long as the container waits.
void close_all_but(int one, int other) {
    const auto [low, high] = std::minmax(one, other);
    ::close_range(3, static_cast<unsigned>(low) - 1, 0);
    if (high - low > 1)
        ::close_range(static_cast<unsigned>(low) + 1, static_cast<unsigned>(high) - 1, 0);
    ::close_range(static_cast<unsigned>(high) + 1, ~0U, 0);
}

/// Waits until `start` opens the gate, as a process of its own: the launcher has ended by then.
Result<void> wait_at_gate(const LaunchPlan& plan, int socket) {
    close_all_but(socket, plan.start_gate.get());
    report(socket, StartedRecord{::getpid()});
    ISOLAB_TRY(await(socket, state_is_kept));
    ::prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
    report(socket, StartedRecord{::getpid()});
    char byte = 0;
    ssize_t size = 0;
    do
        size = ::read(plan.start_gate.get(), &byte, 1);
    while (size < 0 && errno == EINTR);
    if (size != 1)
        return fail_errno(errno, "wait for the start");
    return {};
}

/// Tells the launcher, or, when that has ended, whoever reads the container's output.
void report_failure(const LaunchPlan& plan, int socket, const Error& error, int exit_code) {
    if (!plan.start_gate)
        return report(socket, ErrorRecord{error, exit_code});
    const std::string line = "isolab-runtime: " + error.message() + "\n";
    (void)!::write(STDERR_FILENO, line.data(), line.size());
}

} // namespace

void run_first_process(const LaunchPlan& plan, int socket) {
    const Warn warn = [socket](std::string text) { report(socket, WarningRecord{std::move(text)}); };
    auto program = prepare(plan, socket, warn);
    if (!program) {
        report(socket, ErrorRecord{program.error(), exit_code_of(program.error())});
        ::_exit(125);
    }
    if (plan.start_gate) {
        if (auto opened = wait_at_gate(plan, socket); !opened)
            ::_exit(125); // the launcher is gone, and with it whoever could be told
    }
    if (plan.seccomp && plan.spec.no_new_privileges) {
        if (auto loaded = load_seccomp(*plan.seccomp); !loaded) {
            report_failure(plan, socket, loaded.error(), 125);
            ::_exit(125);
        }
    }
    if (!plan.start_gate)
        send_setup_mark(socket);
    const Error refused = program->execute();
    report_failure(plan, socket, refused, exit_code_of(refused));
    ::_exit(126);
}

} // namespace isolab::launcher
