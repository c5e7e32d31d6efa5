// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/own_executable.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/sealed_copy.h"

namespace isolab::launcher {
namespace {

constexpr const char* own_file = "/proc/self/exe";

bool is_protected() {
    const UniqueFd own(::open(own_file, O_RDONLY | O_CLOEXEC));
    if (!own)
        return false;
    const int seals = ::fcntl(own.get(), F_GET_SEALS);
    struct statvfs status {};
    return (seals >= 0 && (seals & all_seals) == all_seals) ||
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

} // namespace

Result<void> run_from_protected_executable(char** arguments) {
    if (is_protected())
        return {};
    UniqueFd executable = read_only_clone();
    if (!executable) {
        ISOLAB_ASSIGN(executable, sealed_copy(own_file));
    }
    ::syscall(SYS_execveat, executable.get(), "", arguments, environ, AT_EMPTY_PATH);
    return fail_errno(errno, "execute a protected copy of", "isolab-runtime");
}

} // namespace isolab::launcher
