// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/setup_channel.h"

#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/json.h"
#include "engine/base/unix_socket.h"

namespace isolab::launcher {
namespace {

ssize_t read_packet(int socket, char* buffer, std::size_t size) {
    ssize_t count = 0;
    do
        count = ::read(socket, buffer, size);
    while (count < 0 && errno == EINTR);
    return count;
}

tl::unexpected<Error> launcher_gone() {
    return fail(ErrorKind::cancelled, "start the container", {}, "the launcher ended");
}

} // namespace

/// write(2) and not send(2): with the filter loaded a workload's own profile may forbid the latter.
void SetupChannel::report(const LaunchRecord& record) const {
    const std::string packet = encode(record);
    (void)!::write(socket_, packet.data(), packet.size());
}

void SetupChannel::report_setup() const {
    const Nanoseconds at = monotonic_now();
    report(MarkRecord{Phase::setup, at, process_cpu_time(0).value_or(Nanoseconds{0})});
}

Result<void> SetupChannel::await(char expected) const {
    char byte = 0;
    if (read_packet(socket_, &byte, 1) != 1 || byte != expected)
        return launcher_gone();
    return {};
}

Result<std::vector<UniqueFd>> SetupChannel::receive_entrance() const {
    auto message = receive_descriptors(socket_);
    if (!message || message->text != std::string_view(&group_is_made, 1))
        return launcher_gone();
    return std::move(message->descriptors);
}

Result<std::string> SetupChannel::receive_text() const {
    std::string text(launch_packet_limit, '\0');
    const ssize_t count = read_packet(socket_, text.data(), text.size());
    if (count <= 0)
        return launcher_gone();
    text.resize(static_cast<std::size_t>(count));
    return text;
}

Result<void> tell(int socket, std::string_view text) {
    if (text.size() > launch_packet_limit)
        return fail(ErrorKind::unsupported, "tell the container's first process its state", {},
                    "it has " + std::to_string(text.size()) + " bytes, and at most " +
                        std::to_string(launch_packet_limit) + " are possible",
                    "Shorten the annotations, and linux.seccomp.listenerMetadata if there is one");
    if (::send(socket, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()) && errno != EPIPE)
        return fail_errno(errno, "talk to the container's first process");
    return {};
}

Result<void> tell_entrance(int socket, const std::vector<UniqueFd>& entrance) {
    const int refused = try_send_descriptors(socket, entrance, {&group_is_made, 1});
    if (refused != 0 && refused != EPIPE)
        return fail_errno(refused, "let the container's first process into its control group");
    return {};
}

} // namespace isolab::launcher
