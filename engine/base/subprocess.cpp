// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/subprocess.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "engine/base/clock.h"
#include "engine/base/pipe.h"

namespace isolab {
namespace {

std::vector<char*> c_strings(const std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    pointers.reserve(strings.size() + 1);
    for (const std::string& text : strings)
        pointers.push_back(const_cast<char*>(text.c_str())); // NOLINT: posix_spawn takes char* const[]
    pointers.push_back(nullptr);
    return pointers;
}

class SpawnActions {
  public:
    SpawnActions() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;
    ~SpawnActions() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    posix_spawn_file_actions_t* actions() { return &actions_; }
    posix_spawnattr_t* attributes() { return &attributes_; }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

void describe_fds(const Command& command, SpawnActions& spawn) {
    for (int standard = 0; standard < 3; ++standard) {
        const bool named = std::ranges::any_of(command.fds, [&](auto& pair) { return pair.first == standard; });
        if (!named)
            ::posix_spawn_file_actions_addopen(spawn.actions(), standard, "/dev/null",
                                               standard == 0 ? O_RDONLY : O_WRONLY, 0);
    }
    int highest = 2;
    int beyond = 2;
    for (const auto& [child_fd, own_fd] : command.fds) {
        highest = std::max(highest, child_fd);
        beyond = std::max({beyond, child_fd, own_fd});
    }
    // A number of the child may be that of a descriptor which is yet to be given: those are put aside first.
    std::vector<std::pair<int, int>> given = command.fds;
    for (auto& [child_fd, own_fd] : given) {
        const bool is_overwritten = std::ranges::any_of(
            command.fds, [own = own_fd, child = child_fd](auto& pair) { return pair.first == own && child != own; });
        if (is_overwritten)
            ::posix_spawn_file_actions_adddup2(spawn.actions(), own_fd, ++beyond);
        own_fd = is_overwritten ? beyond : own_fd;
    }
    for (const auto& [child_fd, own_fd] : given)
        ::posix_spawn_file_actions_adddup2(spawn.actions(), own_fd, child_fd);
    ::posix_spawn_file_actions_addclosefrom_np(spawn.actions(), highest + 1);
}

Result<UniqueFd> open_pidfd(pid_t pid) {
    const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (fd < 0)
        return fail_errno(errno, "watch process", std::to_string(pid));
    return UniqueFd(fd);
}

void reap(pid_t pid) noexcept {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
}

/// Waits until `fds` has an event, a stop, or the deadline; the deadline is a monotonic point in time.
Result<void> poll_until(std::vector<pollfd>& fds, const StopToken& stop, std::optional<Nanoseconds> deadline,
                        const std::string& subject) {
    for (;;) {
        ISOLAB_TRY(stop.check("wait for " + subject));
        int timeout_ms = -1;
        if (deadline) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*deadline - monotonic_now());
            if (left.count() < 0)
                return fail(ErrorKind::timeout, "wait for", subject, "it did not end in time");
            timeout_ms = static_cast<int>(std::min<long long>(left.count() + 1, 1'000'000));
        }
        fds.push_back({stop.fd(), POLLIN, 0});
        const int ready = ::poll(fds.data(), fds.size(), timeout_ms);
        const bool stopped = fds.back().revents != 0;
        fds.pop_back();
        if (ready < 0 && errno != EINTR)
            return fail_errno(errno, "wait for", subject);
        if (ready > 0 && !stopped)
            return {};
    }
}

/// Appends what can be read now; false at the end of the stream.
bool drain(int fd, std::string& into) {
    std::array<char, 16384> buffer{};
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count > 0)
        into.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
}

std::string last_line(const std::string& text) {
    const auto end = text.find_last_not_of(" \n\r\t");
    if (end == std::string::npos)
        return {};
    const auto begin = text.find_last_of('\n', end);
    return text.substr(begin == std::string::npos ? 0 : begin + 1,
                       end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

} // namespace

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)), reaped_(other.reaped_) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(pidfd_, other.pidfd_);
    std::swap(reaped_, other.reaped_);
    return *this;
}

ChildProcess::~ChildProcess() {
    if (pid_ <= 0 || reaped_)
        return;
    kill(SIGKILL);
    reap(pid_);
}

void ChildProcess::kill(int signal) noexcept {
    if (!reaped_)
        ::syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0);
}

Result<ChildExit> ChildProcess::wait(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout) {
    const std::string subject = "process " + std::to_string(pid_);
    if (stop.fd() >= 0 || timeout) {
        std::vector<pollfd> fds{{pidfd_.get(), POLLIN, 0}};
        const auto deadline = timeout ? std::optional(monotonic_now() + *timeout) : std::nullopt;
        ISOLAB_TRY(poll_until(fds, stop, deadline, subject));
    }
    ChildExit result;
    int status = 0;
    while (::wait4(pid_, &status, 0, &result.usage) < 0)
        if (errno != EINTR)
            return fail_errno(errno, "wait for", subject);
    reaped_ = true;
    result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result.code = result.signal != 0 ? 128 + result.signal : WEXITSTATUS(status);
    return result;
}

Result<ChildProcess> spawn(const Command& command) {
    SpawnActions spawn;
    describe_fds(command, spawn);
    sigset_t none;
    sigset_t defaults;
    sigemptyset(&none);
    sigfillset(&defaults);
    ::posix_spawnattr_setsigmask(spawn.attributes(), &none);
    ::posix_spawnattr_setsigdefault(spawn.attributes(), &defaults);
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (command.new_session)
        flags |= POSIX_SPAWN_SETSID;
    ::posix_spawnattr_setflags(spawn.attributes(), flags);

    const std::string& wanted = command.program.empty() ? command.argv.front() : command.program;
    const auto program = find_program(wanted);
    if (!program)
        return fail(ErrorKind::unavailable, "start", wanted, "there is no such program");
    const auto argv = c_strings(command.argv);
    const auto env = command.env ? c_strings(*command.env) : std::vector<char*>{};
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, program->c_str(), spawn.actions(), spawn.attributes(), argv.data(),
                                    command.env ? env.data() : environ);
    if (error != 0)
        return fail_errno(error, "start", *program);
    Result<UniqueFd> pidfd = open_pidfd(pid);
    if (!pidfd) {
        ::kill(pid, SIGKILL);
        reap(pid);
        return fail(std::move(pidfd).error());
    }
    return ChildProcess(pid, std::move(*pidfd));
}

Result<CommandOutput> run_captured(Command command, const StopToken& stop, std::chrono::nanoseconds timeout) {
    ISOLAB_ASSIGN(Pipe out, Pipe::create());
    ISOLAB_ASSIGN(Pipe err, Pipe::create());
    command.fds = {{1, out.write.get()}, {2, err.write.get()}};
    command.new_session = true;
    ISOLAB_ASSIGN(ChildProcess child, spawn(command));
    out.write.reset();
    err.write.reset();

    const Nanoseconds deadline = monotonic_now() + timeout;
    CommandOutput output;
    while (out.read || err.read) {
        std::vector<pollfd> fds{{out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}};
        ISOLAB_TRY(poll_until(fds, stop, deadline, command.argv.front()));
        if (fds[0].revents != 0 && !drain(out.read.get(), output.out))
            out.read.reset();
        if (fds[1].revents != 0 && !drain(err.read.get(), output.err))
            err.read.reset();
    }
    ISOLAB_ASSIGN(const ChildExit exit, child.wait(stop, deadline - monotonic_now()));
    output.code = exit.code;
    return output;
}

Result<CommandOutput> run_command(const std::vector<std::string>& argv, const StopToken& stop,
                                  std::chrono::nanoseconds timeout) {
    return run_captured(Command{argv, std::nullopt, {}}, stop, timeout);
}

Result<std::string> run_checked(const std::vector<std::string>& argv, const StopToken& stop,
                                std::chrono::nanoseconds timeout) {
    ISOLAB_ASSIGN(CommandOutput output, run_command(argv, stop, timeout));
    if (output.code != 0) {
        const std::string reason = last_line(output.err);
        return fail(ErrorKind::system, "run", argv.front(),
                    "exit code " + std::to_string(output.code) + (reason.empty() ? "" : ": " + reason));
    }
    return std::move(output.out);
}

std::optional<std::string> find_program(const std::string& name) {
    if (name.find('/') != std::string::npos)
        return ::access(name.c_str(), X_OK) == 0 ? std::optional(name) : std::nullopt;
    const char* path = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): never set by this program
    std::istringstream folders(std::string(path != nullptr ? path : "/usr/bin:/bin") + ":/usr/sbin:/sbin");
    for (std::string folder; std::getline(folders, folder, ':');) {
        std::string candidate = folder + "/" + name;
        if (::access(candidate.c_str(), X_OK) == 0)
            return candidate;
    }
    return std::nullopt;
}

} // namespace isolab
