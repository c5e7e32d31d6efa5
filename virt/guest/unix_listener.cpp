// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest/unix_listener.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace isolab {

Result<UnixListener> UnixListener::open(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.string().size() >= sizeof address.sun_path)
        return fail(ErrorKind::invalid_argument, "create socket", path.string(), "its path is too long",
                    "Use a data folder with a shorter path");
    std::memcpy(address.sun_path, path.c_str(), path.string().size());
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket || ::fchmod(socket.get(), 0600) != 0 || // the name gets this less the umask
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || // NOLINT
        ::listen(socket.get(), 1) != 0)
        return fail_errno(errno, "create socket", path.string());
    return UnixListener(path, std::move(socket));
}

UnixListener::~UnixListener() {
    if (socket_)
        ::unlink(path_.c_str());
}

Result<Peer> UnixListener::accept() const {
    UniqueFd socket(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket)
        return fail(ErrorKind::unavailable, "talk with QEMU over", path_.string(), "it did not connect");
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
        return fail_errno(errno, "identify QEMU at", path_.string());
    return Peer{std::move(socket), credentials.pid};
}

} // namespace isolab
