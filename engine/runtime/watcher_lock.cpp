// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/watcher_lock.h"

#include <cerrno>

#include <fcntl.h>

namespace isolab {
namespace {

struct flock whole_file(short kind) noexcept {
    struct flock whole {};
    whole.l_type = kind;
    return whole;
}

} // namespace

Result<UniqueFd> watch_alone(const std::filesystem::path& folder, const std::string& id) {
    const auto file = folder / watcher_lock_file;
    UniqueFd lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock)
        return fail_errno(errno, "open", file.string());
    struct flock whole = whole_file(F_WRLCK);
    if (::fcntl(lock.get(), F_OFD_SETLK, &whole) == 0)
        return lock;
    if (errno == EAGAIN || errno == EACCES)
        return fail(ErrorKind::already_exists, "start container", id, "it is running already");
    return fail_errno(errno, "lock", file.string());
}

Result<UniqueFd> watch_together(const std::filesystem::path& folder, bool make) {
    const auto file = folder / watcher_lock_file;
    UniqueFd lock(::open(file.c_str(), O_RDONLY | (make ? O_CREAT : 0) | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock)
        return fail_errno(errno, "open", file.string());
    struct flock whole = whole_file(F_RDLCK);
    if (::fcntl(lock.get(), F_OFD_SETLK, &whole) != 0)
        return fail_errno(errno, "lock", file.string());
    return lock;
}

bool is_watched(const std::filesystem::path& folder) noexcept {
    const UniqueFd file(::open((folder / watcher_lock_file).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct flock whole = whole_file(F_WRLCK); // which goes together with none of the others
    return file && ::fcntl(file.get(), F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

} // namespace isolab
