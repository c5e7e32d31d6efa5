// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/slot.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "virt/short_hash.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr unsigned slot_limit = 64;
/// libvirt adds up to 57 bytes for its monitor socket, and a path must stay below 108.
constexpr std::size_t longest_folder = 48;
constexpr int kill_wait_ms = 5000;

/// Folder that holds the slots of a data folder; private when it lies outside of it.
Result<fs::path> slots_folder(const fs::path& root) {
    const fs::path inside = root / "libvirt";
    if (inside.string().size() + 3 <= longest_folder) {
        ISOLAB_TRY(make_directories(inside, 0700));
        return inside;
    }
    const char* runtime = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): never set by us
    const fs::path parent = runtime != nullptr && std::string(runtime).size() < 24 ? runtime : "/tmp";
    const fs::path outside = parent / ("isolab-" + std::to_string(::geteuid()) + "-" + short_hash(root.string(), 8));
    ISOLAB_TRY(make_directories(outside, 0700));
    struct stat status {};
    if (::lstat(outside.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != ::geteuid() ||
        (status.st_mode & 077U) != 0)
        return fail(ErrorKind::permission_denied, "use the folder", outside.string(),
                    "it belongs to somebody else or others may write to it", "Remove it");
    return outside;
}

/// Whether the lock file is still the one at its path: its owner may have removed it meanwhile.
bool is_current(const UniqueFd& lock, const fs::path& file) {
    struct stat held {};
    struct stat there {};
    return ::fstat(lock.get(), &held) == 0 && ::stat(file.c_str(), &there) == 0 && held.st_ino == there.st_ino;
}

/// The lock of a slot; empty while another process holds it or just gave it up.
Result<std::optional<UniqueFd>> try_lock(const fs::path& folder) {
    UniqueFd lock(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock)
        return fail_errno(errno, "open", (folder / "lock").string());
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0)
        return is_current(lock, folder / "lock") ? std::optional(std::move(lock)) : std::nullopt;
    if (errno == EWOULDBLOCK)
        return std::optional<UniqueFd>();
    return fail_errno(errno, "lock", (folder / "lock").string());
}

/// Kills a process when its command line names `folder`: process numbers are used again by others.
void kill_stray(pid_t pid, const fs::path& folder) {
    const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    const auto command = read_file("/proc/" + std::to_string(pid) + "/cmdline");
    if (!process || !command || command->find(folder.string() + "/") == std::string::npos)
        return;
    ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
    pollfd gone{process.get(), POLLIN, 0};
    ::poll(&gone, 1, kill_wait_ms);
}

/// Removes what the dead owner of a locked slot left behind.
Result<void> clean(const fs::path& root, const fs::path& folder, unsigned number) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder / "run" / "qemu", error)) {
        const auto text = entry.path().extension() == ".pid" ? read_file(entry.path(), 64) : std::string();
        if (text && !text->empty() && entry.path().filename() != "driver.pid")
            kill_stray(static_cast<pid_t>(std::atoi(text->c_str())), folder);
    }
    for (const char* part : {"run", "s", "lib/qemu", "log/qemu"})
        ISOLAB_TRY(remove_tree(folder / part));
    const std::string prefix = std::to_string(number) + "-";
    std::vector<fs::path> stale;
    for (const auto& entry : fs::directory_iterator(root / "machines", error))
        if (entry.path().filename().string().starts_with(prefix))
            stale.push_back(entry.path());
    for (const fs::path& machine : stale)
        ISOLAB_TRY(remove_tree(machine));
    return {};
}

} // namespace

Slot::~Slot() {
    if (!lock_ || !outside_)
        return;
    [[maybe_unused]] const auto removed = remove_tree(folder_);
    ::rmdir(folder_.parent_path().c_str()); // stays while other processes have their places there
}

Result<Slot> Slot::take(const fs::path& root) {
    ISOLAB_ASSIGN(const fs::path slots, slots_folder(root));
    std::optional<Slot> taken;
    for (unsigned number = 0; number < slot_limit; ++number) {
        const fs::path folder = slots / std::to_string(number);
        const bool exists = ::access(folder.c_str(), F_OK) == 0;
        if (taken && !exists)
            return std::move(*taken);
        ISOLAB_TRY(make_directories(folder, 0700));
        ISOLAB_ASSIGN(auto lock, try_lock(folder));
        if (!lock)
            continue;
        ISOLAB_TRY(clean(root, folder, number));
        if (!taken)
            taken.emplace(Slot(number, folder, slots != root / "libvirt", std::move(*lock)));
    }
    if (taken)
        return std::move(*taken);
    return fail(ErrorKind::unavailable, "use the data folder", root.string(),
                std::to_string(slot_limit) + " processes use it already");
}

std::string Slot::domain_prefix(const fs::path& root) { return "isolab-" + short_hash(root.string(), 8) + "-"; }

fs::path machine_folder(const fs::path& root, unsigned slot, const std::string& id) {
    return root / "machines" / (std::to_string(slot) + "-" + id);
}

} // namespace isolab
