// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/rootless_network.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "engine/base/clock.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr const char* pasta_dns = "169.254.1.1"; // link-local (RFC 3927): collides with no network
constexpr const char* slirp_dns = "10.0.2.3";
constexpr std::chrono::seconds start_patience{10};

fs::path pid_file(const fs::path& folder) { return folder / "pasta.pid"; }
fs::path control_socket(const fs::path& folder) { return folder / "slirp.sock"; }

/// pasta's "-t" and "-u": "ADDRESS/HOST:CONTAINER".
void add_pasta_ports(std::vector<std::string>& argv, const RootlessRequest& request, Transport transport) {
    const std::string option = transport == Transport::tcp ? "-t" : "-u";
    bool any = false;
    for (const PortForward& port : request.ports) {
        if (port.transport != transport)
            continue;
        const std::string address = port.host_address ? port.host_address->text() + "/" : "";
        argv.insert(argv.end(),
                    {option, address + std::to_string(port.host_port) + ":" + std::to_string(port.container_port)});
        any = true;
    }
    if (!any)
        argv.insert(argv.end(), {option, "none"});
}

/// What a program said about its failure, without its complaints about the system log.
std::string complaint(const std::string& text) {
    std::istringstream lines(text);
    std::string found;
    for (std::string line; std::getline(lines, line);)
        if (!line.empty() && line.find("syslog") == std::string::npos)
            found = line;
    return found.empty() ? "it gave no reason" : plain_text(found, longest_quote);
}

Result<void> check_tun() {
    const UniqueFd device(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    if (device)
        return {};
    Error error = system_error(errno, "use", "/dev/net/tun");
    error.remedy = "A network without root needs it: load the module tun and let all users open it (chmod 666)";
    error.kind = ErrorKind::unavailable;
    return fail(std::move(error));
}

/// When a process began, in clock ticks since boot: field 22 of proc_pid_stat(5). Tells it from a later one with the
/// same number.
std::optional<std::uint64_t> start_time(pid_t pid) {
    const std::string text = read_file("/proc/" + std::to_string(pid) + "/stat").value_or("");
    std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1))); // behind the name
    std::string skipped;
    for (int field = 3; field < 22; ++field)
        fields >> skipped;
    std::uint64_t ticks = 0;
    return fields >> ticks ? std::optional(ticks) : std::nullopt;
}

Result<pid_t> read_pid(const fs::path& path) {
    ISOLAB_ASSIGN(const std::string text, read_file(path));
    pid_t pid = 0;
    std::from_chars(text.data(), text.data() + text.size(), pid);
    if (pid <= 1)
        return fail(ErrorKind::corrupt, "read", path.string(), "it holds no process number");
    return pid;
}

UniqueFd open_process(pid_t pid) { return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

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

Result<void> write_record(const fs::path& folder, pid_t pid) {
    const Json record{{"pid", pid}, {"start_time", start_time(pid).value_or(0)}};
    return write_file_atomically(folder / "pasta.json", record.dump(), 0600);
}

Result<std::array<UniqueFd, 2>> open_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return fail_errno(errno, "open", "pipe");
    return std::array<UniqueFd, 2>{UniqueFd(ends[0]), UniqueFd(ends[1])};
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

RootlessProgram preferred_program(const std::vector<PortForward>& ports) {
    const bool renumbered = std::ranges::any_of(ports, [](const PortForward& port) {
        return port.transport == Transport::udp && port.host_port != port.container_port;
    });
    return renumbered ? RootlessProgram::slirp4netns : RootlessProgram::pasta;
}

Result<void> check_rootless_ports(const std::vector<PortForward>& ports) {
    for (const PortForward& port : ports)
        if (port.transport == Transport::udp && port.host_port != port.container_port && port.host_address &&
            port.host_address->is_loopback())
            return fail(
                ErrorKind::unsupported, "publish port", port.text(),
                "without root, answers over UDP do not come back to a loopback address from another port number",
                "Use the same port number on both sides, or no host address");
    return {};
}

std::vector<std::string> pasta_command(const std::string& program, const RootlessRequest& request) {
    std::vector<std::string> argv{program,         "--quiet",
                                  "--config-net",  "--no-map-gw",
                                  "--mtu",         std::to_string(request.mtu),
                                  "--dns-forward", pasta_dns,
                                  "--pid",         pid_file(request.folder).string(),
                                  "--ns-ifname",   "eth0"};
    add_pasta_ports(argv, request, Transport::tcp);
    add_pasta_ports(argv, request, Transport::udp);
    argv.insert(argv.end(), {"-T", "none", "-U", "none", "--userns", request.user_namespace.string(), "--netns",
                             request.network_namespace.string()});
    return argv;
}

std::vector<std::string> slirp_command(const std::string& program, const RootlessRequest& request, int ready_fd,
                                       int exit_fd) {
    return {program,
            "--configure",
            "--mtu=" + std::to_string(request.mtu),
            "--disable-host-loopback",
            "--ready-fd=" + std::to_string(ready_fd),
            "--exit-fd=" + std::to_string(exit_fd),
            "--api-socket=" + control_socket(request.folder).string(),
            "--userns-path=" + request.user_namespace.string(),
            "--netns-type=path",
            request.network_namespace.string(),
            "eth0"};
}

std::string slirp_forward_request(const PortForward& port) {
    const Json arguments{{"proto", transport_id(port.transport)},
                         {"host_addr", port.host_address ? port.host_address->text() : "0.0.0.0"},
                         {"host_port", port.host_port},
                         {"guest_port", port.container_port}};
    return Json{{"execute", "add_hostfwd"}, {"arguments", arguments}}.dump();
}

IpAddress rootless_name_server(RootlessProgram program) {
    return *IpAddress::parse(program == RootlessProgram::pasta ? pasta_dns : slirp_dns);
}

Result<RootlessNetwork> RootlessNetwork::start(const RootlessRequest& request, const StopToken& stop,
                                               std::optional<RootlessProgram> forced) {
    if (!forced)
        ISOLAB_TRY(check_rootless_ports(request.ports));
    ISOLAB_TRY(check_tun());
    const auto pasta = find_program("pasta");
    const auto slirp = find_program("slirp4netns");
    const RootlessProgram wanted = forced.value_or(preferred_program(request.ports));
    if (pasta && (wanted == RootlessProgram::pasta || (!forced && !slirp)))
        return start_pasta(*pasta, request, stop);
    if (slirp && (wanted == RootlessProgram::slirp4netns || !forced))
        return start_slirp(*slirp, request, stop);
    return fail(ErrorKind::unavailable, "start", "network without root", "neither pasta nor slirp4netns is installed",
                "Install the package passt (or slirp4netns), or use network none or host");
}

/// pasta goes to the background when all is ready; its first process ends then.
Result<RootlessNetwork> RootlessNetwork::start_pasta(const std::string& path, const RootlessRequest& request,
                                                     const StopToken& stop) {
    ISOLAB_ASSIGN(const CommandOutput output, run_command(pasta_command(path, request), stop, start_patience));
    if (output.code != 0)
        return fail(ErrorKind::unavailable, "start", "pasta", complaint(output.err));
    ISOLAB_ASSIGN(const pid_t pid, read_pid(pid_file(request.folder)));
    RootlessNetwork network(RootlessProgram::pasta, pid, open_process(pid));
    if (!network.process_)
        return fail(ErrorKind::unavailable, "start", "pasta", "it ended at once");
    ISOLAB_TRY(write_record(request.folder, pid));
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
    ISOLAB_ASSIGN(auto ready, open_pipe());
    ISOLAB_ASSIGN(auto lifeline, open_pipe());
    Command command;
    command.argv = slirp_command(path, request, ready_fd, exit_fd);
    command.fds = {{ready_fd, ready[1].get()}, {exit_fd, lifeline[0].get()}};
    command.new_session = true;
    ISOLAB_ASSIGN(ChildProcess child, spawn(command));
    ready[1].reset();
    lifeline[0].reset();
    ISOLAB_TRY(wait_readable(ready[0].get(), stop, "slirp4netns"));
    char byte = 0;
    if (::read(ready[0].get(), &byte, 1) != 1)
        return fail(ErrorKind::unavailable, "start", "slirp4netns", "it ended before the network was ready");
    RootlessNetwork network(RootlessProgram::slirp4netns, child.pid(), UniqueFd());
    network.child_ = std::move(child);
    network.lifeline_ = std::move(lifeline[1]);
    for (const PortForward& port : request.ports)
        ISOLAB_TRY(tell_slirp(control_socket(request.folder), slirp_forward_request(port), stop));
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
    const auto process_id = static_cast<pid_t>(pid.value_or(0));
    const UniqueFd process = open_process(process_id);
    if (process && started && start_time(process_id) == started) // read after the descriptor was opened
        end_process(process);
    return {};
}

} // namespace isolab
