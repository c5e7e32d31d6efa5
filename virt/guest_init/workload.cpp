// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest_init/workload.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "virt/guest_init/role.h"

namespace isolab::guest {
namespace {

/// What the child writes into the pipe when it cannot execute; nothing at all when it could.
struct ChildFailure {
    Step step;
    int error;
};

[[noreturn]] void fail_child(int pipe, Step step, int error) noexcept {
    const ChildFailure failure{step, error};
    [[maybe_unused]] const auto written = ::write(pipe, &failure, sizeof failure);
    ::_exit(127);
}

const char* find_variable(char** env, const char* name) noexcept {
    const std::size_t length = std::strlen(name);
    for (; *env != nullptr; ++env)
        if (std::strncmp(*env, name, length) == 0 && (*env)[length] == '=')
            return *env + length + 1;
    return nullptr;
}

bool make_directories(const char* path) noexcept {
    char copy[4096];
    if (std::snprintf(copy, sizeof copy, "%s", path) >= static_cast<int>(sizeof copy)) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (char* slash = std::strchr(copy + 1, '/'); slash != nullptr; slash = std::strchr(slash + 1, '/')) {
        *slash = '\0';
        ::mkdir(copy, 0755);
        *slash = '/';
    }
    return ::mkdir(copy, 0755) == 0 || errno == EEXIST;
}

/// execve(2) with the search in PATH that execvpe(3) does, but in the workload's own PATH. Returns errno.
int execute(const Workload& workload) noexcept {
    const char* name = workload.args[0];
    if (std::strchr(name, '/') != nullptr) {
        ::execve(name, workload.args, workload.env);
        return errno;
    }
    const char* path = find_variable(workload.env, "PATH");
    if (path == nullptr)
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    int result = ENOENT;
    while (*path != '\0') {
        const std::size_t length = std::strcspn(path, ":");
        char candidate[4096];
        const int size = std::snprintf(candidate, sizeof candidate, "%.*s/%s",
                                       length > 0 ? static_cast<int>(length) : 1, length > 0 ? path : ".", name);
        errno = ENAMETOOLONG;
        if (size < static_cast<int>(sizeof candidate))
            ::execve(candidate, workload.args, workload.env);
        if (errno != ENOENT && errno != ENOTDIR)
            result = errno;
        path += length + (path[length] == ':' ? 1U : 0U);
    }
    return result;
}

/// The kernel lets nobody have more open files than fs.nr_open, which a host may have raised.
void allow_open_files(std::uint64_t wanted) noexcept {
    const int fd = ::open("/proc/sys/fs/nr_open", O_WRONLY | O_CLOEXEC);
    char text[24];
    const int size = std::snprintf(text, sizeof text, "%llu", static_cast<unsigned long long>(wanted));
    if (fd >= 0 && ::write(fd, text, static_cast<std::size_t>(size)) != size) [[maybe_unused]]
        const int too_many = errno; // setrlimit(2) says so
    ::close(fd);
}

int set_limits(const Workload& workload) noexcept {
    for (std::uint32_t i = 0; i < workload.start.limits; ++i) {
        Limit limit;
        std::memcpy(&limit, workload.limits + i * sizeof(Limit), sizeof(Limit));
        const rlimit value{limit.soft, limit.hard};
        const auto resource = static_cast<__rlimit_resource>(limit.resource);
        if (::setrlimit(resource, &value) == 0)
            continue;
        if (limit.resource == RLIMIT_NOFILE)
            allow_open_files(limit.hard);
        if (::setrlimit(resource, &value) != 0)
            return errno;
    }
    return 0;
}

/// The bounding set cut to what is wanted: it takes a capability that goes with the user.
int bound_capabilities(std::uint64_t wanted) noexcept {
    for (unsigned long number = 0; ::prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; ++number)
        if ((wanted >> number & 1U) == 0 && ::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0)
            return errno;
    return 0;
}

int set_user(const Workload& workload) noexcept {
    gid_t groups[256];
    if (workload.start.groups > 256)
        return EINVAL;
    std::memcpy(groups, workload.groups, workload.start.groups * sizeof(gid_t));
    if (const int error = bound_capabilities(workload.start.capabilities); error != 0)
        return error;
    // Root gets from the execution what the bounding set has left.
    if (::setgroups(workload.start.groups, groups) != 0 || ::setgid(workload.start.gid) != 0 ||
        ::setuid(workload.start.uid) != 0)
        return errno;
    if (workload.start.no_new_privileges != 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return errno;
    return 0;
}

/// Pipes are their maker's alone: the workload's user may open /dev/stdout and /dev/stderr, as in a container.
int give_streams_away(const Start& start, int out, int err) noexcept {
    return ::fchown(out, start.uid, start.gid) == 0 && ::fchown(err, start.uid, start.gid) == 0 ? 0 : errno;
}

/// Services ignore SIGPIPE, and libvirt's containers a signal that the C library keeps from its callers: the kernel is
/// asked. Its structure is as long and as empty for all of them.
void reset_signals() noexcept {
    constexpr std::size_t set_bytes = 8;
    const char by_default[32] = "";
    for (int number = 1; number < 65; ++number)
        ::syscall(SYS_rt_sigaction, number, by_default, nullptr, set_bytes); // fails for SIGKILL and SIGSTOP
}

[[noreturn]] void become_workload(const Workload& workload, int out, int err, int failure_pipe) noexcept {
    ::setsid();
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    reset_signals();
    if (const int error = join_workload(); error != 0)
        fail_child(failure_pipe, Step::limits, error);
    if (const int error = give_streams_away(workload.start, out, err); error != 0)
        fail_child(failure_pipe, Step::user, error);
    const int null = ::open("/dev/null", O_RDONLY);
    if (null < 0 || ::dup2(null, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0)
        fail_child(failure_pipe, Step::command, errno);
    ::close(null);
    ::umask(022);
    if (const int error = set_limits(workload); error != 0)
        fail_child(failure_pipe, Step::limits, error);
    if (!make_directories(workload.cwd))
        fail_child(failure_pipe, Step::directory, errno);
    if (const int error = set_user(workload); error != 0)
        fail_child(failure_pipe, Step::user, error);
    if (::chdir(workload.cwd) != 0)
        fail_child(failure_pipe, Step::directory, errno);
    fail_child(failure_pipe, Step::command, execute(workload));
}

/// Takes the NUL-ended string at `*next`; null when there is none before `end`.
char* take_string(char** next, char* end) noexcept {
    char* text = *next;
    const void* nul = text < end ? std::memchr(text, '\0', static_cast<std::size_t>(end - text)) : nullptr;
    if (nul == nullptr)
        return nullptr;
    *next = text + std::strlen(text) + 1;
    return text;
}

char** take_strings(char** next, char* end, std::uint32_t count) noexcept {
    auto** list = static_cast<char**>(std::calloc(static_cast<std::size_t>(count) + 1, sizeof(char*)));
    for (std::uint32_t i = 0; list != nullptr && i < count; ++i)
        if ((list[i] = take_string(next, end)) == nullptr)
            return nullptr;
    return list;
}

const char* failed_subject(Step step, const Workload& workload) noexcept {
    return step == Step::directory ? workload.cwd
           : step == Step::user    ? "user"
           : step == Step::limits  ? "resource limit"
                                   : workload.args[0];
}

} // namespace

bool parse_workload(const Record& record, Workload& workload) noexcept {
    if (record.header.kind != RecordKind::start || record.header.size < sizeof(Start))
        return false;
    std::memcpy(&workload.start, record.payload, sizeof(Start));
    char* next = record.payload + sizeof(Start);
    char* end = record.payload + record.header.size;
    const std::size_t group_bytes = workload.start.groups * sizeof(std::uint32_t);
    if (static_cast<std::size_t>(end - next) < group_bytes || workload.start.args == 0)
        return false;
    workload.groups = next;
    next += group_bytes;
    if (static_cast<std::size_t>(end - next) / sizeof(Limit) < workload.start.limits)
        return false;
    workload.limits = next;
    next += workload.start.limits * sizeof(Limit);
    workload.cwd = take_string(&next, end);
    workload.hostname = take_string(&next, end);
    workload.http_path = take_string(&next, end);
    workload.args = take_strings(&next, end, workload.start.args);
    workload.env = take_strings(&next, end, workload.start.env);
    return workload.http_path != nullptr && workload.args != nullptr && workload.env != nullptr;
}

RunningWorkload run_workload(const Workload& workload) noexcept {
    int out[2];
    int err[2];
    int failure[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0 || ::pipe2(failure, O_CLOEXEC) != 0)
        give_up(Step::command, errno, "pipe");
    const pid_t pid = ::fork();
    if (pid < 0)
        give_up(Step::command, errno, "fork");
    if (pid == 0)
        become_workload(workload, out[1], err[1], failure[1]);
    ::close(out[1]);
    ::close(err[1]);
    ::close(failure[1]);
    ChildFailure reason{};
    const ssize_t told = ::read(failure[0], &reason, sizeof reason);
    if (told < 0)
        give_up(Step::command, errno, "pipe");
    if (told > 0)
        give_up(reason.step, reason.error, failed_subject(reason.step, workload));
    ::close(failure[0]);
    return {pid, out[0], err[0]};
}

} // namespace isolab::guest
