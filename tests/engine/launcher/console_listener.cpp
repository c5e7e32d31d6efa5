// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/launcher/console_listener.h"

#include <array>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/patience.h"

namespace isolab::test {
namespace {

constexpr int patience_ms = static_cast<int>(std::chrono::milliseconds(patience).count());

bool is_ready(const UniqueFd& fd) {
    pollfd one{fd.get(), POLLIN, 0};
    return ::poll(&one, 1, patience_ms) > 0;
}

} // namespace

ConsoleListener::ConsoleListener(std::filesystem::path path)
    : path_(std::move(path)), listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    std::filesystem::remove(path_);
    (void)::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    (void)::listen(listener_.get(), 1);
}

bool ConsoleListener::accept() {
    if (!is_ready(listener_))
        return false;
    const UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    std::array<char, 64> text{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec data{text.data(), text.size()};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (!is_ready(connection) || ::recvmsg(connection.get(), &message, MSG_CMSG_CLOEXEC) <= 0)
        return false;
    const cmsghdr* part = CMSG_FIRSTHDR(&message);
    int fd = -1;
    if (part == nullptr || part->cmsg_type != SCM_RIGHTS)
        return false;
    std::memcpy(&fd, CMSG_DATA(part), sizeof fd);
    master_.reset(fd);
    return true;
}

bool ConsoleListener::read_until(const std::string& text) {
    std::array<char, 4096> buffer{};
    while (seen_.find(text) == std::string::npos) {
        if (!is_ready(master_))
            return false;
        const ssize_t count = ::read(master_.get(), buffer.data(), buffer.size());
        if (count <= 0)
            return false;
        seen_.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return true;
}

void ConsoleListener::write(const std::string& text) const { (void)!::write(master_.get(), text.data(), text.size()); }

} // namespace isolab::test
