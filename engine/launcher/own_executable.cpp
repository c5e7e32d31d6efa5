// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/own_executable.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"

namespace isolab::launcher {
namespace {

constexpr const char* own_file = "/proc/self/exe";
constexpr int required_seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

bool is_protected() {
    const UniqueFd own(::open(own_file, O_RDONLY | O_CLOEXEC));
    if (!own)
        return false;
    const int seals = ::fcntl(own.get(), F_GET_SEALS);
    struct statvfs status {};
    return (seals >= 0 && (seals & required_seals) == required_seals) ||
           (::fstatvfs(own.get(), &status) == 0 && (status.f_flag & ST_RDONLY) != 0);
}

UniqueFd read_only_clone() {
    UniqueFd clone(::open_tree(AT_FDCWD, own_file, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY;
    if (clone && ::mount_setattr(clone.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0)
        clone.reset();
    return clone;
}

UniqueFd sealed_copy() {
    const UniqueFd own(::open(own_file, O_RDONLY | O_CLOEXEC));
    UniqueFd copy(::memfd_create("isolab-runtime", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    struct stat status {};
    if (!own || !copy || ::fstat(own.get(), &status) != 0)
        return {};
    for (off_t left = status.st_size; left > 0;) {
        const ssize_t sent = ::sendfile(copy.get(), own.get(), nullptr, static_cast<std::size_t>(left));
        if (sent <= 0)
            return {};
        left -= sent;
    }
    if (::fcntl(copy.get(), F_ADD_SEALS, required_seals) != 0)
        return {};
    return copy;
}

} // namespace

Result<void> run_from_protected_executable(char** arguments) {
    if (is_protected())
        return {};
    UniqueFd executable = read_only_clone();
    if (!executable)
        executable = sealed_copy();
    if (!executable)
        return fail_errno(errno, "make a protected copy of", "isolab-runtime");
    ::syscall(SYS_execveat, executable.get(), "", arguments, environ, AT_EMPTY_PATH);
    return fail_errno(errno, "execute a protected copy of", "isolab-runtime");
}

} // namespace isolab::launcher
