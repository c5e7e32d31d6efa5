// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/rootless_programs.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/socket.h>

#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "engine/network/socket_address.h"

namespace isolab {
namespace {

constexpr const char* pasta_dns = "169.254.1.1"; // link-local (RFC 3927): collides with no network
constexpr const char* slirp_dns = "10.0.2.3";

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

} // namespace

std::filesystem::path pasta_pid_file(const std::filesystem::path& folder) { return folder / "pasta.pid"; }
std::filesystem::path slirp_control_socket(const std::filesystem::path& folder) { return folder / "slirp.sock"; }

Result<void> check_tun() {
    const UniqueFd device(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    if (device)
        return {};
    Error error = system_error(errno, "use", "/dev/net/tun");
    error.remedy = "A network without root needs it: load the module tun and let all users open it (chmod 666)";
    error.kind = ErrorKind::unavailable;
    return fail(std::move(error));
}

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
                                  "--pid",         pasta_pid_file(request.folder).string(),
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
            "--api-socket=" + slirp_control_socket(request.folder).string(),
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

std::optional<IpAddress> rootless_own_address(RootlessProgram program) {
    if (program == RootlessProgram::slirp4netns)
        return IpAddress::parse("10.0.2.100");
    // Nothing is sent: connect(2) of a datagram socket only looks up the route.
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    SocketAddress far(*IpAddress::parse("1.1.1.1"), 53);
    SocketAddress own(IpAddress{}, 0);
    if (!socket || ::connect(socket.get(), far.get(), far.length()) != 0 ||
        ::getsockname(socket.get(), own.get(), &own.length()) != 0)
        return std::nullopt;
    return own.address();
}

Result<RootlessProgram> choose_rootless_program(const std::vector<PortForward>& ports) {
    ISOLAB_TRY(check_rootless_ports(ports));
    const bool pasta = find_program("pasta").has_value();
    const bool slirp = find_program("slirp4netns").has_value();
    if (!pasta && !slirp)
        return fail(ErrorKind::unavailable, "start", "network without root",
                    "neither pasta nor slirp4netns is installed",
                    "Install the package passt (or slirp4netns), or use --network none");
    ISOLAB_TRY(check_tun());
    if (pasta && slirp)
        return preferred_program(ports);
    if (pasta)
        return RootlessProgram::pasta;
    for (const PortForward& port : ports)
        if (port.transport == Transport::udp && port.host_address && port.host_address->is_loopback())
            return fail(ErrorKind::unsupported, "publish port", port.text(),
                        "slirp4netns brings no answers over UDP back to a loopback address",
                        "Install the package passt, or use no host address");
    return RootlessProgram::slirp4netns;
}

} // namespace isolab
