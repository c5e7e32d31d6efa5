// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest_init/shown_files.h"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "virt/guest_init/channel.h"

namespace isolab::guest {
namespace {

constexpr int most_links = 40; // as in path_resolution(7)

int kept_folder = -1;

int open_in_root(const char* path) noexcept {
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    return static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how));
}

/// Opens a file or directory, by an absolute path, and makes it and the directories above it where they are missing,
/// also where a link says that they are. -1 and errno(3).
int make_in_root(const char* path, bool directory, int links) noexcept { // NOLINT(misc-no-recursion): links are counted
    const int existing = open_in_root(path);
    if (existing >= 0 || errno != ENOENT)
        return existing;
    const char* slash = std::strrchr(path, '/');
    const char* name = slash == nullptr ? path : slash + 1;
    char parent[PATH_MAX];
    const auto length = static_cast<std::size_t>(name - path);
    if (*name == '\0' || length >= sizeof parent) {
        errno = EINVAL;
        return -1;
    }
    std::memcpy(parent, path, length);
    parent[length > 1 ? length - 1 : length] = '\0'; // without its last slash, but for the root's
    const int folder = make_in_root(parent, true, links);
    if (folder < 0)
        return -1;
    char target[PATH_MAX];
    const ssize_t size = ::readlinkat(folder, name, target, sizeof target - 1);
    int made = -1;
    if (size > 0 && links < most_links) {
        target[size] = '\0';
        char further[2 * PATH_MAX];
        std::snprintf(further, sizeof further, "%s/%s", target[0] == '/' ? "" : parent, target);
        made = make_in_root(further, directory, links + 1);
    } else if (size > 0) {
        errno = ELOOP;
    } else if (directory) {
        if (::mkdirat(folder, name, 0755) == 0 || errno == EEXIST)
            made = ::openat(folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    } else {
        made = ::openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    }
    const int reason = errno;
    ::close(folder);
    errno = reason;
    return made;
}

void show(const char* name, const char* text, const char* path) noexcept {
    const int fd = ::openat(kept_folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    const auto size = static_cast<ssize_t>(std::strlen(text));
    if (fd < 0 || ::write(fd, text, static_cast<std::size_t>(size)) != size)
        give_up(Step::network, errno, path);
    ::close(fd);
    const int target = make_in_root(path, false, 0);
    const auto mount =
        static_cast<int>(::syscall(SYS_open_tree, kept_folder, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    if (target < 0 || mount < 0 ||
        ::syscall(SYS_move_mount, mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
        give_up(Step::network, errno, path);
    ::close(mount);
    ::close(target);
}

} // namespace

void keep_files_in(const char* folder) noexcept { kept_folder = ::open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC); }

void show_names(const char* hostname) noexcept {
    char text[400]; // as the engine's render_hosts_file() has it
    std::snprintf(text, sizeof text, "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\t%s\n",
                  hostname);
    show("hosts", text, "/etc/hosts");
    std::snprintf(text, sizeof text, "%s\n", hostname);
    show("hostname", text, "/etc/hostname");
}

} // namespace isolab::guest
