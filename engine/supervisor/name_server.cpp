// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/supervisor/name_server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/parent_death.h"
#include "engine/base/pipe.h"
#include "engine/network/dns_server.h"
#include "engine/runtime/launch_protocol.h"

namespace isolab::supervisor {
namespace {

constexpr Nanoseconds long_life = std::chrono::seconds(1);
constexpr const char* own_network = "/proc/self/ns/net";

Result<UniqueFd> open_network(const std::string& file) {
    UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open network namespace", file);
    return fd;
}

Result<void> enter_network(const UniqueFd& network) {
    if (::setns(network.get(), CLONE_NEWNET) != 0)
        return fail_errno(errno, "enter", "network namespace");
    return {};
}

/// Sockets in the container's network, for a process that is outside again.
Result<DnsSockets> open_sockets(const std::string& inside, const UniqueFd& outside) {
    ISOLAB_ASSIGN(const UniqueFd network, open_network(inside));
    ISOLAB_TRY(enter_network(network));
    auto sockets = bind_dns_sockets(*IpAddress::parse(dns_address), dns_listening_port);
    ISOLAB_TRY(enter_network(outside));
    return sockets;
}

/// The supervisor's lock, clients and log are none of this process's.
void close_all_but(std::array<int, 3> kept) {
    std::ranges::sort(kept);
    unsigned first = STDERR_FILENO + 1;
    for (const int fd : kept) {
        const auto number = static_cast<unsigned>(fd);
        if (first < number)
            ::close_range(first, number - 1, 0);
        first = number + 1;
    }
    ::close_range(first, ~0U, 0);
}

/// What reads packets of strangers keeps no power over the host. False where the root could not be changed, which needs
/// a capability that a supervisor in a container may lack.
bool give_up_powers(const std::string& root) {
    const bool confined = ::chroot(root.c_str()) == 0 && ::chdir("/") == 0;
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    ::syscall(SYS_capset, &header, none.data());
    return confined;
}

} // namespace

NameServer::NameServer(NameService service, std::string container)
    : service_(std::move(service)), container_(std::move(container)),
      outside_(::open(own_network, O_RDONLY | O_CLOEXEC)) {}

Result<void> NameServer::ensure() {
    if (pid_ > 0)
        return {};
    ISOLAB_ASSIGN(SocketPair ends, SocketPair::create());
    const UniqueFd ours = std::move(ends.first);
    UniqueFd theirs = std::move(ends.second);
    const pid_t supervisor = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0)
        return fail_errno(errno, "start a name server");
    if (pid_ == 0) {
        serve(std::move(theirs), supervisor);
        ::_exit(1); // served to the end: its parent has died, or waiting for sockets fails
    }
    began_ = monotonic_now();
    theirs.reset();
    const auto answer = receive_record(ours.get());
    if (answer && *answer && std::holds_alternative<StartedRecord>(**answer))
        return {};
    end();
    const auto* record = answer && *answer ? std::get_if<ErrorRecord>(&**answer) : nullptr;
    if (record != nullptr)
        return fail(record->error);
    return fail(ErrorKind::system, "serve names to container", container_, "the process that does it ended");
}

/// The life of the process.
void NameServer::serve(UniqueFd answer, pid_t supervisor) const {
    auto sockets = open_sockets(service_.network_namespace, outside_);
    if (!sockets) {
        [[maybe_unused]] const auto told = send_record(answer.get(), ErrorRecord{sockets.error()});
        return;
    }
    close_all_but({sockets->udp.get(), sockets->tcp.get(), answer.get()});
    DnsOptions options;
    options.attachments = give_up_powers(service_.attachments) ? "/" : service_.attachments;
    options.container = container_;
    for (const std::string& text : service_.servers)
        if (const auto address = IpAddress::parse(text))
            options.servers.push_back({*address});
    ::prctl(PR_SET_NAME, "isolab-names", 0, 0, 0);
    die_with(supervisor); // after the capabilities, whose change would undo it
    [[maybe_unused]] const auto told = send_record(answer.get(), StartedRecord{::getpid()});
    answer.reset();
    [[maybe_unused]] const auto served = serve_dns(*sockets, options, {});
}

Result<void> NameServer::revive(Nanoseconds now) {
    if (pid_ < 0 || ::waitpid(pid_, nullptr, WNOHANG) != pid_)
        return {};
    pid_ = -1;
    return now - began_ < long_life ? Result<void>{} : ensure();
}

void NameServer::end() {
    if (pid_ < 0)
        return;
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
}

} // namespace isolab::supervisor
