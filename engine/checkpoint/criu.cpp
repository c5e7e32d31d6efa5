// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/checkpoint/criu.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sstream>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/pipe.h"
#include "engine/base/subprocess.h"

namespace isolab {
namespace {

constexpr int socket_in_child = 3;
constexpr std::size_t largest_message = 64U << 10U;

/// The child's numbers are taken one after another: none may be the source of one that comes later.
Result<void> lift_sources(Command& command, std::vector<UniqueFd>& lifted) {
    constexpr int above_all = 64;
    for (auto& [number, source] : command.fds) {
        lifted.emplace_back(::fcntl(source, F_DUPFD_CLOEXEC, above_all));
        if (!lifted.back())
            return fail_errno(errno, "pass a descriptor to", "CRIU");
        source = lifted.back().get();
    }
    return {};
}

Result<void> send_request(int socket, const CriuRequest& request) {
    const std::string message = encode_request(request);
    if (::send(socket, message.data(), message.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(message.size()))
        return fail_errno(errno, "send a request to", "CRIU");
    return {};
}

union ControlBuffer { // aligned as CMSG_FIRSTHDR(3) needs it
    cmsghdr header;
    std::array<char, CMSG_SPACE(sizeof(int))> bytes;
};

struct Received {
    CriuResponse response;
    UniqueFd descriptor;
};

Result<Received> receive(int socket, const std::string& program) {
    std::string text(largest_message, '\0');
    ControlBuffer control{};
    iovec data{text.data(), text.size()};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    ssize_t size = 0;
    do
        size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size < 0 && errno != ECONNRESET)
        return fail_errno(errno, "receive an answer of", program);
    if (size <= 0)
        return fail(ErrorKind::unavailable, "ask", program, "it ended without an answer", "Try `criu check`");
    Received received;
    const cmsghdr* part = CMSG_FIRSTHDR(&message);
    if (part != nullptr && part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(part), sizeof fd);
        received.descriptor.reset(fd);
    }
    ISOLAB_ASSIGN(received.response, decode_response(std::string_view(text).substr(0, static_cast<std::size_t>(size))));
    return received;
}

/// Until there is an answer that is no notification.
Result<CriuResponse> converse(int socket, const std::string& program, const CriuCall& call) {
    Result<void> answered;
    for (;;) {
        auto received = receive(socket, program);
        if (!received)
            return fail(answered ? received.error() : answered.error());
        if (received->response.type != CriuMessageType::notify)
            return answered ? Result<CriuResponse>(std::move(received->response)) : fail(answered.error());
        const CriuNotification notification = received->response.notification.value_or(CriuNotification{});
        if (call.notified && answered)
            answered = call.notified(notification, std::move(received->descriptor));
        ISOLAB_TRY(send_request(socket, {CriuMessageType::notify, {}, answered.has_value(), {}}));
    }
}

struct KnownFailure {
    std::string_view words;
    const char* cause;
    const char* remedy;
};
constexpr std::array known_failures{
    KnownFailure{"rt vDSO area bounds", "this CRIU does not know the vDSO of a kernel as new as this one",
                 "Install a newer CRIU (4.2 knows kernel 6.18), or name one with --criu"},
    KnownFailure{"ip_tables", "the network cannot be locked without iptables or nftables", "Install iptables"},
    KnownFailure{"iptables-restore", "the network cannot be locked without iptables", "Install iptables"},
    KnownFailure{"Connected TCP socket", "it has TCP connections", "Give --tcp-established"},
    KnownFailure{"external socket", "it is connected to a socket outside", "Give --ext-unix-sk"},
    KnownFailure{"file locks", "it holds file locks", "Give --file-locks"},
    KnownFailure{"--shell-job", "its session or terminal is outside", "Give --shell-job"},
};

} // namespace

Result<Criu> Criu::find(const std::string& program) {
    const auto found = program.empty() || program.find('/') == std::string::npos
                           ? find_program(program.empty() ? "criu" : program)
                           : std::optional(program);
    if (!found || ::access(found->c_str(), X_OK) != 0)
        return fail(ErrorKind::unavailable, "find", program.empty() ? "criu" : program,
                    "there is no such program, and containers cannot be checkpointed without it",
                    "Install the package criu, or name the program with --criu");
    return Criu(*found);
}

Result<CriuResponse> Criu::ask(const CriuRequest& request, const CriuCall& call) const {
    ISOLAB_ASSIGN(SocketPair sockets, SocketPair::create());
    Command command;
    command.argv = {program_, "swrk", std::to_string(socket_in_child)};
    std::vector<UniqueFd> lifted;
    command.fds.emplace_back(socket_in_child, sockets.second.get());
    command.fds.insert(command.fds.end(), call.descriptors.begin(), call.descriptors.end());
    ISOLAB_TRY(lift_sources(command, lifted));
    ISOLAB_ASSIGN(ChildProcess process, spawn(command));
    lifted.clear(); // CRIU must be the only one that holds its end
    sockets.second.reset();
    if (call.started)
        ISOLAB_TRY(call.started(process.pid()));
    ISOLAB_TRY(send_request(sockets.first.get(), request));
    auto response = converse(sockets.first.get(), program_, call);
    sockets.first.reset(); // it may wait for more
    ISOLAB_TRY(process.wait());
    return response;
}

std::string errors_in_log(std::string_view log) {
    constexpr std::size_t shown = 3;
    std::vector<std::string> all;
    std::vector<std::string> errors;
    std::istringstream lines{std::string(log)};
    for (std::string line; std::getline(lines, line);) {
        const bool stamped = line.starts_with("(") && line.find(") ") != std::string::npos; // "(00.001234) "
        all.push_back(stamped ? line.substr(line.find(") ") + 2) : line);
        if (const auto at = all.back().find("Error ("); at != std::string::npos)
            errors.push_back(all.back().substr(at));
    }
    const auto& told = errors.empty() ? all : errors;
    std::string text;
    for (std::size_t i = told.size() > shown ? told.size() - shown : 0; i < told.size(); ++i)
        text += (text.empty() ? "" : "; ") + told[i];
    if (text.ends_with('.'))
        text.pop_back();
    return text;
}

Error criu_failure(std::string operation, std::string subject, const CriuResponse& response,
                   const std::filesystem::path& log) {
    const std::string text = read_file(log).value_or("");
    const std::string said = errors_in_log(text);
    Error error{ErrorKind::system, std::move(operation), std::move(subject), {}, "See " + log.string()};
    if (response.error_number != 0)
        error.kind = system_error(response.error_number, {}).kind;
    error.cause = "CRIU failed";
    const auto* known = std::ranges::find_if(known_failures, [&](const KnownFailure& one) {
        return said.find(one.words) != std::string::npos || response.error.find(one.words) != std::string::npos;
    });
    if (known != known_failures.end()) {
        error.cause = known->cause;
        error.remedy = std::string(known->remedy) + ". " + error.remedy;
    }
    if (!said.empty()) // its log says it better: the response tells the first error, which may be a harmless one
        error.cause += ": " + said;
    else if (!response.error.empty())
        error.cause += ": " + response.error;
    else if (response.error_number != 0)
        error.cause += ": " + system_error(response.error_number, {}).cause;
    return error;
}

} // namespace isolab
