// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/terminal.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/unix_socket.h"

namespace isolab::launcher {
namespace {

constexpr std::string_view master_name = "/dev/ptmx";

Result<UniqueFd> open_multiplexer(const UniqueFd& root) {
    ISOLAB_ASSIGN(UniqueFd found, open_in_root(root.get(), "/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW));
    struct stat status {};
    struct statfs system {};
    if (::fstat(found.get(), &status) != 0 || ::fstatfs(found.get(), &system) != 0 ||
        system.f_type != DEVPTS_SUPER_MAGIC || !S_ISCHR(status.st_mode) || status.st_rdev != ::makedev(5, 2))
        return fail(ErrorKind::invalid_argument, "open terminal", "/dev/pts/ptmx",
                    "it is not the multiplexer of a devpts");
    return found;
}

} // namespace

Result<Terminal> Terminal::open(const UniqueFd& root, const RuntimeProcess& process) {
    auto master = open_multiplexer(root);
    if (!master) {
        Error failure = master.error().within("give the workload a terminal");
        failure.remedy = "Mount a devpts with newinstance at /dev/pts";
        return fail(std::move(failure));
    }
    const int unlocked = 0;
    if (::ioctl(master->get(), TIOCSPTLCK, &unlocked) != 0)
        return fail_errno(errno, "unlock terminal");
    UniqueFd other(::ioctl(master->get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!other)
        return fail_errno(errno, "open the terminal's other end");
    if (process.console_size) {
        const winsize size{process.console_size->rows, process.console_size->columns, 0, 0};
        if (::ioctl(master->get(), TIOCSWINSZ, &size) != 0)
            return fail_errno(errno, "set the terminal's size");
    }
    (void)!::fchown(other.get(), process.uid, static_cast<gid_t>(-1)); // of a user namespace's single id: it is its own
    return Terminal(std::move(*master), std::move(other));
}

Result<void> Terminal::send_master(int socket) {
    ISOLAB_TRY(send_descriptor(socket, master_, master_name));
    master_.reset();
    return {};
}

Result<void> Terminal::become_standard_streams() const {
    if (::ioctl(other_end_.get(), TIOCSCTTY, 0) != 0)
        return fail_errno(errno, "make the terminal the controlling one");
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::dup2(other_end_.get(), fd) < 0)
            return fail_errno(errno, "use the terminal");
    return {};
}

Result<UniqueFd> connect_console(const std::string& path) {
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket)
        return fail_errno(errno, "create socket");
    ISOLAB_TRY(connect_socket(socket, path));
    return socket;
}

Result<UniqueFd> receive_master(int socket) { return receive_descriptor(socket); }

} // namespace isolab::launcher
