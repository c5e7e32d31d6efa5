// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/slot.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <vector>

#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_lock.h"
#include "engine/base/file_tree.h"
#include "engine/base/short_hash.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr unsigned slot_limit = 64;
/// libvirt adds up to 57 bytes for its monitor socket, and a path must stay below 108.
constexpr std::size_t longest_folder = 48;
constexpr int kill_wait_ms = 5000;

/// A path is part of a URI and of a list separated by spaces.
bool libvirt_can_carry(const std::string& path) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-";
    return path.find_first_not_of(plain) == std::string::npos;
}

/// Name of the folder that holds the slots of a data folder outside of it.
std::string outside_name(const fs::path& root) {
    return "isolab-" + std::to_string(::geteuid()) + "-" + short_hash(root.string(), 8);
}

/// Whether only this user can have put something into a folder.
bool is_private(const fs::path& folder) {
    struct stat status {};
    return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() &&
           (status.st_mode & 077U) == 0;
}

Result<fs::path> outside_folder(const fs::path& root) {
    const char* given = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): never set by us
    const std::string runtime = given != nullptr ? given : "";
    const bool fits = !runtime.empty() && runtime.size() < 24 && libvirt_can_carry(runtime);
    const fs::path outside = fs::path(fits ? runtime : "/tmp") / outside_name(root);
    ISOLAB_TRY(make_directories(outside, 0700));
    if (!is_private(outside))
        return fail(ErrorKind::permission_denied, "use the folder", outside.string(),
                    "it belongs to somebody else or others may write to it", "Remove it");
    return outside;
}

/// Folder that holds the slots of a data folder.
Result<fs::path> slots_folder(const fs::path& root) {
    const fs::path inside = DataFolder(root).libvirt();
    if (inside.string().size() + 3 <= longest_folder && libvirt_can_carry(inside.string()))
        return inside;
    return outside_folder(root);
}

/// The lock of a slot; empty while another process holds it.
Result<std::optional<UniqueFd>> lock_slot(const fs::path& file) {
    ISOLAB_ASSIGN(UniqueFd lock, open_lock_file(file));
    if (try_lock(lock, LockKind::exclusive))
        return std::optional(std::move(lock));
    if (errno == EWOULDBLOCK)
        return std::optional<UniqueFd>();
    return fail_errno(errno, "lock", file.string());
}

/// Writes into a lock file where its slot's folder is. In place: the lock is on the file, not on its name.
Result<void> name_folder(const UniqueFd& lock, const fs::path& folder) {
    const std::string& text = folder.native();
    if (::ftruncate(lock.get(), 0) != 0 ||
        ::pwrite(lock.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        return fail_errno(errno, "take the place", folder.string());
    return {};
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

/// Kills the QEMU that libvirt asked what it can do: its number may be in no file yet.
void kill_probes(const fs::path& folder) {
    std::error_code error;
    const bool asked = fs::directory_iterator(folder / "lib" / "qemu", error) != fs::directory_iterator();
    if (error || !asked)
        return;
    for (const auto& entry : fs::directory_iterator("/proc", error))
        if (const int pid = std::atoi(entry.path().filename().c_str()); pid > 0 && pid != ::getpid())
            kill_stray(pid, folder);
}

/// Ends and removes what libvirt's driver left in a folder whose process is dead.
Result<void> clean_folder(const fs::path& folder) {
    std::error_code error;
    kill_probes(folder);
    for (const auto& entry : fs::directory_iterator(folder / "run" / "qemu", error)) {
        const auto text = entry.path().extension() == ".pid" ? read_file(entry.path(), 64) : std::string();
        if (text && !text->empty() && entry.path().filename() != "driver.pid")
            kill_stray(static_cast<pid_t>(std::atoi(text->c_str())), folder);
    }
    for (const char* part : {"run", "s", "lib/qemu", "log/qemu"})
        ISOLAB_TRY(remove_tree(folder / part));
    return {};
}

/// Removes what the dead owner of a locked slot left behind, wherever its folder was.
Result<void> clean_up_slot(const fs::path& root, const fs::path& lock_file, const fs::path& folder, unsigned number) {
    const fs::path former = read_file(lock_file, 4096).value_or("");
    const fs::path parent = former.parent_path();
    if (former != folder && parent.filename() == outside_name(root) && is_private(parent)) {
        ISOLAB_TRY(clean_folder(former));
        ISOLAB_TRY(remove_tree(former));
        ::rmdir(parent.c_str());
    }
    ISOLAB_TRY(clean_folder(folder));
    const std::string prefix = std::to_string(number) + "-";
    std::error_code error;
    std::vector<fs::path> stale;
    for (const auto& entry : fs::directory_iterator(DataFolder(root).machines(), error))
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

Result<Slot> Slot::take(const fs::path& given) {
    ISOLAB_TRY(make_private_directory(DataFolder(given).libvirt()));
    std::error_code error;
    const fs::path root = fs::canonical(given, error);
    if (error)
        return fail_errno(error.value(), "use the data folder", given.string());
    ISOLAB_ASSIGN(const fs::path slots, slots_folder(root));
    std::optional<Slot> taken;
    for (unsigned number = 0; number < slot_limit; ++number) {
        const fs::path folder = slots / std::to_string(number);
        const fs::path lock_file = DataFolder(root).libvirt() / (std::to_string(number) + ".lock");
        if (taken && ::access(lock_file.c_str(), F_OK) != 0)
            return std::move(*taken);
        ISOLAB_ASSIGN(auto lock, lock_slot(lock_file));
        if (!lock)
            continue;
        ISOLAB_TRY(clean_up_slot(root, lock_file, folder, number));
        if (taken)
            continue;
        ISOLAB_TRY(make_private_directory(folder));
        ISOLAB_TRY(name_folder(*lock, folder));
        taken.emplace(Slot(number, folder, slots != DataFolder(root).libvirt(), std::move(*lock)));
    }
    if (taken)
        return std::move(*taken);
    return fail(ErrorKind::unavailable, "use the data folder", root.string(),
                std::to_string(slot_limit) + " processes use it already");
}

Result<void> Slot::clean_up(const fs::path& root, unsigned number) {
    const fs::path lock_file = DataFolder(root).libvirt() / (std::to_string(number) + ".lock");
    if (::access(lock_file.c_str(), F_OK) != 0) // the data folder is gone
        return {};
    // Children that it forked have its lock until they execute something.
    ISOLAB_ASSIGN(const UniqueFd lock, isolab::lock_file(lock_file, LockKind::exclusive, {std::chrono::seconds(10)}));
    ISOLAB_ASSIGN(const fs::path slots, slots_folder(root));
    return clean_up_slot(root, lock_file, slots / std::to_string(number), number);
}

std::string Slot::domain_prefix(const fs::path& root) { return "isolab-" + short_hash(root.string(), 8) + "-"; }

fs::path machine_folder(const fs::path& root, unsigned slot, const std::string& id) {
    return DataFolder(root).machines() / (std::to_string(slot) + "-" + id);
}

} // namespace isolab
