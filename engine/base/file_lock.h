// SPDX-License-Identifier: GPL-3.0-or-later
//
// Locks between processes, and between threads that open for themselves: flock(2). A lock belongs to the open file
// description, so it lasts until the last descriptor of it is closed, those that children inherited included, and goes
// with processes that are killed. It binds those who ask for it, nobody else. Every function may be called by any
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "engine/base/unique_fd.h"

namespace isolab {

enum class LockKind : std::uint8_t {
    shared,    ///< with others of this kind
    exclusive, ///< with nobody
};

/// How long to wait for others; what they do under a lock takes seconds at most, unless they hang.
struct LockPatience {
    std::chrono::nanoseconds time = std::chrono::seconds(60);
    StopToken stop = {};
};

/// Waits while others hold what does not go together with it, through signals too. A lock that `file` has already is
/// changed, not in one step: others may come between. `subject` names it in errors: timeout, which says who holds it,
/// or cancelled, or one of flock(2).
Result<void> wait_for_lock(const UniqueFd& file, LockKind kind, const std::string& subject,
                           const LockPatience& patience = {});

/// Who holds a lock of flock(2) on the file, "process 123 (isolab container start web)"; "another process" when the
/// kernel does not tell (proc_locks(5)), as across PID namespaces.
std::string lock_holder(const UniqueFd& file);

/// The same without waiting. When false, errno(3) is EWOULDBLOCK while others hold it, or another one of flock(2).
/// Makes one system call and nothing else, as what runs after fork(2) may.
bool try_lock(const UniqueFd& file, LockKind kind) noexcept;

/// Opens a file to be locked, made with mode 0600 when missing, never behind a symbolic link. Errors of open(2).
Result<UniqueFd> open_lock_file(const std::filesystem::path& path);

/// Opens a folder to be locked itself, so that nothing must be made in it, never behind a symbolic link. Errors of
/// open(2): not_found when it is missing.
Result<UniqueFd> open_lock_folder(const std::filesystem::path& path);

/// open_lock_file() and wait_for_lock().
Result<UniqueFd> lock_file(const std::filesystem::path& path, LockKind kind = LockKind::exclusive,
                           const LockPatience& patience = {});

/// open_lock_folder() and wait_for_lock(), exclusive.
Result<UniqueFd> lock_folder(const std::filesystem::path& path, const LockPatience& patience = {});

} // namespace isolab
