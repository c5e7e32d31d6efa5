// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/rootless_network.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <sstream>

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "engine/base/clock.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/pipe.h"
#include "engine/base/process_identity.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds start_patience{10};

/// What a program said about its failure, without its complaints about the system log.
std::string complaint(const std::string& text) {
    std::istringstream lines(text);
    std::string found;
    for (std::string line; std::getline(lines, line);)
        if (!line.empty() && line.find("syslog") == std::string::npos)
            found = line;
    return found.empty() ? "it gave no reason" : plain_text(found, longest_quote);
}

Result<pid_t> read_pid(const fs::path& path) {
    ISOLAB_ASSIGN(const std::string text, read_file(path));
    pid_t pid = 0;
    std::from_chars(text.data(), text.data() + text.size(), pid);
    if (pid <= 1)
        return fail(ErrorKind::corrupt, "read", path.string(), "it holds no process number");
    return pid;
}

/// Ends it and waits until its ports are free again.
void end_process(const UniqueFd& process) {
    constexpr int patience_ms = 1000;
    pollfd gone{process.get(), POLLIN, 0};
    ::syscall(SYS_pidfd_send_signal, process.get(), SIGTERM, nullptr, 0);
    if (::poll(&gone, 1, patience_ms) == 1)
        return;
    ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
    ::poll(&gone, 1, patience_ms);
}

Result<void> write_record(const fs::path& folder, const ProcessIdentity& process) {
    const Json record{{"pid", process.pid}, {"start_time", process.start_time}};
    return write_file_atomically(folder / "pasta.json", record.dump(), 0600);
}

/// Waits until `fd` can be read or its other end is closed.
Result<void> wait_readable(int fd, const StopToken& stop, const std::string& what) {
    std::array<pollfd, 2> events{pollfd{fd, POLLIN, 0}, {stop.fd(), POLLIN, 0}};
    const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(start_patience).count();
    const int ready = ::poll(events.data(), events.size(), static_cast<int>(patience));
    ISOLAB_TRY(stop.check("wait for " + what));
    if (ready == 0)
        return fail(ErrorKind::timeout, "wait for", what, "it is not ready after 10 s");
    return {};
}

/// One question to slirp4netns' control socket, and the answer to the end.
Result<void> tell_slirp(const fs::path& socket_path, const std::string& text, const StopToken& stop) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = socket_path.string();
    if (path.size() >= sizeof address.sun_path)
        return fail(ErrorKind::invalid_argument, "use socket", path, "its path is too long");
    path.copy(address.sun_path, path.size());
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || // NOLINT
        ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
        return fail_errno(errno, "talk to", "slirp4netns");
    ::shutdown(socket.get(), SHUT_WR);
    ISOLAB_TRY(wait_readable(socket.get(), stop, "slirp4netns"));
    std::array<char, 2048> buffer{};
    const ssize_t size = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    const std::string answer(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    if (answer.empty() || answer.find("\"error\"") != std::string::npos)
        return fail(ErrorKind::system, "publish port with", "slirp4netns", plain_text(answer, longest_quote));
    return {};
}

} // namespace

Result<RootlessNetwork> RootlessNetwork::start(const RootlessRequest& request, const StopToken& stop,
                                               std::optional<RootlessProgram> forced) {
    RootlessProgram wanted = forced.value_or(RootlessProgram::pasta);
    if (forced)
        ISOLAB_TRY(check_tun());
    else {
        ISOLAB_ASSIGN(wanted, choose_rootless_program(request.ports));
    }
    const auto pasta = find_program("pasta");
    const auto slirp = find_program("slirp4netns");
    const bool takes_pasta = wanted == RootlessProgram::pasta;
    if (!(takes_pasta ? pasta : slirp))
        return fail(ErrorKind::unavailable, "start", takes_pasta ? "pasta" : "slirp4netns", "it is not installed");
    if (!takes_pasta)
        return start_slirp(*slirp, request, stop);
    auto started = start_pasta(*pasta, request, stop);
    if (!started && !forced && !slirp)
        started.error().remedy =
            "pasta needs a way to the Internet: install the package slirp4netns, which needs none, "
            "or use --network none";
    if (started || forced || !slirp)
        return started;
    auto other = start_slirp(*slirp, request, stop);
    return other ? std::move(other) : std::move(started);
}

/// pasta goes to the background when all is ready; its first process ends then.
Result<RootlessNetwork> RootlessNetwork::start_pasta(const std::string& path, const RootlessRequest& request,
                                                     const StopToken& stop) {
    ISOLAB_ASSIGN(const CommandOutput output, run_command(pasta_command(path, request), stop, start_patience));
    if (output.code != 0)
        return fail(ErrorKind::unavailable, "start", "pasta", complaint(output.err));
    ISOLAB_ASSIGN(const pid_t pid, read_pid(pasta_pid_file(request.folder)));
    const auto identity = identify_process(pid);
    auto process = identity ? open_process(*identity) : Result<UniqueFd>(fail(identity.error()));
    if (!process)
        return fail(ErrorKind::unavailable, "start", "pasta", "it ended at once");
    RootlessNetwork network(RootlessProgram::pasta, pid, std::move(*process));
    ISOLAB_TRY(write_record(request.folder, *identity));
    return network;
}

Result<RootlessNetwork> RootlessNetwork::start_slirp(const std::string& path, const RootlessRequest& request,
                                                     const StopToken& stop) {
    constexpr int ready_fd = 3;
    constexpr int exit_fd = 4;
    for (const PortForward& port : request.ports)
        if (port.host_address && !port.host_address->is_v4())
            return fail(ErrorKind::unsupported, "publish port", port.text(), "slirp4netns listens on IPv4 only",
                        "Install the package passt, or use an IPv4 address");
    ISOLAB_ASSIGN(Pipe ready, Pipe::create());
    ISOLAB_ASSIGN(Pipe lifeline, Pipe::create());
    Command command;
    command.argv = slirp_command(path, request, ready_fd, exit_fd);
    command.fds = {{ready_fd, ready.write.get()}, {exit_fd, lifeline.read.get()}};
    command.new_session = true;
    ISOLAB_ASSIGN(ChildProcess child, spawn(command));
    ready.write.reset();
    lifeline.read.reset();
    ISOLAB_TRY(wait_readable(ready.read.get(), stop, "slirp4netns"));
    char byte = 0;
    if (::read(ready.read.get(), &byte, 1) != 1)
        return fail(ErrorKind::unavailable, "start", "slirp4netns", "it ended before the network was ready");
    RootlessNetwork network(RootlessProgram::slirp4netns, child.pid(), UniqueFd());
    network.child_ = std::move(child);
    network.lifeline_ = std::move(lifeline.write);
    for (const PortForward& port : request.ports)
        ISOLAB_TRY(tell_slirp(slirp_control_socket(request.folder), slirp_forward_request(port), stop));
    return network;
}

RootlessNetwork& RootlessNetwork::operator=(RootlessNetwork&& other) noexcept {
    if (this != &other) {
        end();
        program_ = other.program_;
        pid_ = other.pid_;
        process_ = std::move(other.process_);
        child_ = std::move(other.child_);
        lifeline_ = std::move(other.lifeline_);
    }
    return *this;
}

void RootlessNetwork::end() noexcept {
    if (process_)
        end_process(process_);
    process_.reset();
    lifeline_.reset();
    child_.reset();
}

Result<void> end_leftover_rootless_network(const fs::path& folder) {
    const auto record = read_json_file(folder / "pasta.json");
    if (!record && record.error().kind == ErrorKind::not_found)
        return {};
    ISOLAB_TRY(record);
    ISOLAB_ASSIGN(const auto pid, json_optional_unsigned(*record, "pid", "pasta.json"));
    ISOLAB_ASSIGN(const auto started, json_optional_unsigned(*record, "start_time", "pasta.json"));
    if (const auto process = open_process({static_cast<pid_t>(pid.value_or(0)), started.value_or(0)}))
        end_process(*process);
    return {};
}

} // namespace isolab
