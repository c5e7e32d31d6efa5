// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/file_lock.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>

namespace isolab {
namespace {

/// 0 or -1 with errno(3).
int lock_through_signals(const UniqueFd& file, LockKind kind, int flags) noexcept {
    int result = 0;
    do
        result = ::flock(file.get(), (kind == LockKind::shared ? LOCK_SH : LOCK_EX) | flags);
    while (result != 0 && errno == EINTR);
    return result;
}

Result<UniqueFd> locked(Result<UniqueFd> file, LockKind kind, const std::filesystem::path& path) {
    if (file)
        ISOLAB_TRY(wait_for_lock(*file, kind, path.string()));
    return file;
}

} // namespace

Result<void> wait_for_lock(const UniqueFd& file, LockKind kind, const std::string& subject) {
    if (lock_through_signals(file, kind, 0) != 0)
        return fail_errno(errno, "lock", subject);
    return {};
}

bool try_lock(const UniqueFd& file, LockKind kind) noexcept { return lock_through_signals(file, kind, LOCK_NB) == 0; }

Result<UniqueFd> open_lock_file(const std::filesystem::path& path) {
    UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file)
        return fail_errno(errno, "open", path.string());
    return file;
}

Result<UniqueFd> open_lock_folder(const std::filesystem::path& path) {
    UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder)
        return fail_errno(errno, "open folder", path.string());
    return folder;
}

Result<UniqueFd> lock_file(const std::filesystem::path& path, LockKind kind) {
    return locked(open_lock_file(path), kind, path);
}

Result<UniqueFd> lock_folder(const std::filesystem::path& path) {
    return locked(open_lock_folder(path), LockKind::exclusive, path);
}

} // namespace isolab
