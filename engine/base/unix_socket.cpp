// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/unix_socket.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
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

constexpr std::size_t most_descriptors = 64;

union ControlBuffer { // aligned as CMSG_FIRSTHDR(3) needs it
    cmsghdr header;
    std::array<char, CMSG_SPACE(most_descriptors * sizeof(int))> bytes;
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
    if (::fchmod(socket.get(), 0600) != 0) // the name gets this less the umask
        return fail_errno(errno, "set mode of socket", path.string());
    return with_address(socket, path, ::bind, "bind socket");
}

Result<void> connect_socket(const UniqueFd& socket, const std::filesystem::path& path) {
    return with_address(socket, path, ::connect, "connect to socket");
}

int try_send_descriptors(int socket, std::span<const UniqueFd> descriptors, std::string_view text) noexcept {
    if (descriptors.size() > most_descriptors)
        return E2BIG;
    ControlBuffer control{};
    iovec data{const_cast<char*>(text.data()), text.size()}; // NOLINT: sendmsg(2) does not change it
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        message.msg_control = control.bytes.data();
        message.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
        cmsghdr* part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
        for (std::size_t i = 0; i < descriptors.size(); ++i) {
            const int fd = descriptors[i].get();
            std::memcpy(CMSG_DATA(part) + i * sizeof fd, &fd, sizeof fd);
        }
    }
    return ::sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()) ? 0 : errno;
}

Result<void> send_descriptor(int socket, const UniqueFd& descriptor, std::string_view text) {
    const int refused = try_send_descriptors(socket, {&descriptor, 1}, text);
    return refused == 0 ? Result<void>{} : fail_errno(refused, "send a descriptor");
}

Result<DescriptorMessage> receive_descriptors(int socket) {
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
    return DescriptorMessage{{text.data(), static_cast<std::size_t>(size)}, descriptors_of(message)};
}

Result<UniqueFd> receive_descriptor(int socket) {
    ISOLAB_ASSIGN(DescriptorMessage message, receive_descriptors(socket));
    if (message.descriptors.size() != 1)
        return fail(ErrorKind::corrupt, "receive a descriptor", {},
                    message.text.empty() ? "the other end was closed" : "the message does not hold exactly one");
    return std::move(message.descriptors.front());
}

} // namespace isolab
