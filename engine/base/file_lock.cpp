// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/file_lock.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "engine/base/clock.h"
#include "engine/base/file_tree.h"

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

Result<UniqueFd> locked(Result<UniqueFd> file, LockKind kind, const std::filesystem::path& path,
                        const LockPatience& patience) {
    if (file)
        ISOLAB_TRY(wait_for_lock(*file, kind, path.string(), patience));
    return file;
}

/// The process that took the lock, by the table of all: "1: FLOCK ADVISORY WRITE 123 08:01:4711 0 EOF".
std::optional<pid_t> find_holder(const struct stat& status) {
    std::array<char, 64> place{};
    std::snprintf(place.data(), place.size(), "%02x:%02x:%llu", major(status.st_dev), minor(status.st_dev),
                  static_cast<unsigned long long>(status.st_ino));
    std::istringstream lines(read_file("/proc/locks").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string number, kind, advice, mode;
        pid_t pid = 0;
        std::string where;
        words >> number >> kind >> advice >> mode >> pid >> where;
        if (kind == "FLOCK" && pid > 0 && where == place.data())
            return pid;
    }
    return std::nullopt;
}

/// What the process is, as its user wrote it, cut to what one can read.
std::string command_line(pid_t pid) {
    constexpr std::size_t longest = 100;
    std::string line = read_file("/proc/" + std::to_string(pid) + "/cmdline").value_or("");
    while (line.ends_with('\0'))
        line.pop_back();
    std::ranges::replace(line, '\0', ' ');
    return line.size() > longest ? line.substr(0, longest) + "…" : line;
}

} // namespace

Result<void> wait_for_lock(const UniqueFd& file, LockKind kind, const std::string& subject,
                           const LockPatience& patience) {
    constexpr std::chrono::microseconds first_pause{200};
    constexpr std::chrono::microseconds longest_pause{20'000};
    const Nanoseconds end = monotonic_now() + patience.time;
    for (std::chrono::microseconds pause = first_pause;; pause = std::min(2 * pause, longest_pause)) {
        if (try_lock(file, kind))
            return {};
        if (errno != EWOULDBLOCK)
            return fail_errno(errno, "lock", subject);
        ISOLAB_TRY(patience.stop.check("wait for the lock of " + subject));
        if (monotonic_now() >= end)
            return fail(ErrorKind::timeout, "lock", subject, lock_holder(file) + " holds it",
                        "Wait for its end, or end it");
        patience.stop.wait_for(pause);
    }
}

std::string lock_holder(const UniqueFd& file) {
    struct stat status {};
    const auto pid = ::fstat(file.get(), &status) == 0 ? find_holder(status) : std::nullopt;
    if (!pid)
        return "another process";
    const std::string line = command_line(*pid);
    return "process " + std::to_string(*pid) + " (" + (line.empty() ? "or a child of it, it has ended" : line) + ")";
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

Result<UniqueFd> lock_file(const std::filesystem::path& path, LockKind kind, const LockPatience& patience) {
    return locked(open_lock_file(path), kind, path, patience);
}

Result<UniqueFd> lock_folder(const std::filesystem::path& path, const LockPatience& patience) {
    return locked(open_lock_folder(path), LockKind::exclusive, path, patience);
}

} // namespace isolab
