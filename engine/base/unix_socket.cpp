// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/unix_socket.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

/// The folder is kept open as long as the address is used.
struct SocketAddress {
    UniqueFd folder;
    sockaddr_un address{};
};

Result<SocketAddress> address_of(const std::filesystem::path& path) {
    SocketAddress result;
    ISOLAB_ASSIGN(result.folder, open_directory(path.parent_path().empty() ? "." : path.parent_path().string()));
    const std::string name = "/proc/self/fd/" + std::to_string(result.folder.get()) + "/" + path.filename().string();
    if (name.size() >= sizeof result.address.sun_path)
        return fail(ErrorKind::invalid_argument, "use socket", path.string(), "its name is too long");
    result.address.sun_family = AF_UNIX;
    std::memcpy(result.address.sun_path, name.c_str(), name.size() + 1);
    return result;
}

using Call = int (*)(int, const sockaddr*, socklen_t);

Result<void> with_address(const UniqueFd& socket, const std::filesystem::path& path, Call call, const char* what) {
    ISOLAB_ASSIGN(const SocketAddress place, address_of(path));
    const auto* address = reinterpret_cast<const sockaddr*>(&place.address); // NOLINT: the interface's own way
    if (call(socket.get(), address, sizeof place.address) != 0)
        return fail_errno(errno, what, path.string());
    return {};
}

union ControlBuffer { // aligned as CMSG_FIRSTHDR(3) needs it
    cmsghdr header;
    std::array<char, CMSG_SPACE(4 * sizeof(int))> bytes;
};

/// All descriptors of a message; the caller may want one of them, but none may stay open.
std::vector<UniqueFd> descriptors_of(msghdr& message) {
    std::vector<UniqueFd> found;
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        for (std::size_t at = 0; CMSG_LEN(at + sizeof(int)) <= part->cmsg_len; at += sizeof(int)) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(part) + at, sizeof fd);
            found.emplace_back(fd);
        }
    }
    return found;
}

} // namespace

Result<void> bind_socket(const UniqueFd& socket, const std::filesystem::path& path) {
    return with_address(socket, path, ::bind, "bind socket");
}

Result<void> connect_socket(const UniqueFd& socket, const std::filesystem::path& path) {
    return with_address(socket, path, ::connect, "connect to socket");
}

Result<void> send_descriptor(int socket, const UniqueFd& descriptor, std::string_view text) {
    ControlBuffer control{};
    iovec data{const_cast<char*>(text.data()), text.size()}; // NOLINT: sendmsg(2) does not change it
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = CMSG_SPACE(sizeof(int));
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof(int));
    const int fd = descriptor.get();
    std::memcpy(CMSG_DATA(part), &fd, sizeof fd);
    if (::sendmsg(socket, &message, MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
        return fail_errno(errno, "send a descriptor");
    return {};
}

Result<UniqueFd> receive_descriptor(int socket) {
    ControlBuffer control{};
    std::array<char, 4096> text{};
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
    if (size < 0)
        return fail_errno(errno, "receive a descriptor");
    auto found = descriptors_of(message);
    if (found.size() != 1)
        return fail(ErrorKind::corrupt, "receive a descriptor", {},
                    size == 0 ? "the other end was closed" : "the message does not hold exactly one");
    return std::move(found.front());
}

} // namespace isolab
