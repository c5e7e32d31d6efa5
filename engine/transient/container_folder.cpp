// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/transient/container_folder.h"

#include <cerrno>

#include <sys/stat.h>

#include "engine/base/file_lock.h"
#include "engine/base/file_tree.h"
#include "engine/base/random_id.h"
#include "engine/cgroup/control_group.h"
#include "engine/runtime_client/adoption.h"

namespace isolab {
namespace {

constexpr std::size_t id_digits = 12;

/// Held shared while a container's folder appears or disappears, exclusively while abandoned ones are looked for.
Result<UniqueFd> lock_all(const std::filesystem::path& containers, LockKind kind) {
    ISOLAB_TRY(make_directories(containers, 0700));
    return lock_file(containers / ".lock", kind);
}

Result<void> end_group(const CgroupLayout& layout, const std::string& id) {
    if (layout.version == CgroupVersion::none)
        return {};
    ISOLAB_ASSIGN(const ControlGroup group, ControlGroup::at(layout, "/isolab/" + id));
    if (!group.exists())
        return {};
    group.kill_all();
    return group.remove();
}

/// config.json goes after the snapshot: it tells whose ids a snapshot that could not be removed has.
Result<void> remove_folder(const std::filesystem::path& folder) {
    ISOLAB_TRY(remove_tree(folder / "snapshot"));
    return remove_tree(folder);
}

} // namespace

Result<ContainerFolder> ContainerFolder::create(const std::filesystem::path& containers) {
    ISOLAB_ASSIGN(const UniqueFd all, lock_all(containers, LockKind::shared));
    for (;;) {
        const std::filesystem::path path = containers / random_hex(id_digits);
        if (::mkdir(path.c_str(), 0700) != 0) {
            if (errno == EEXIST)
                continue;
            return fail_errno(errno, "create container folder", path.string());
        }
        ContainerFolder folder(path, {});
        ISOLAB_ASSIGN(folder.lock_, lock_file(path / "lock", LockKind::shared));
        return folder;
    }
}

ContainerFolder::~ContainerFolder() { [[maybe_unused]] const auto removed = remove(); }

Result<void> ContainerFolder::remove() {
    const std::filesystem::path path = std::exchange(path_, {});
    if (path.empty())
        return {};
    // Its own lock goes with it: whoever looks for abandoned folders must not find it half removed.
    ISOLAB_ASSIGN(const UniqueFd all, lock_all(path.parent_path(), LockKind::shared));
    return remove_folder(path);
}

Result<void> remove_abandoned_containers(const std::filesystem::path& containers, const CgroupLayout& layout,
                                         const std::string& launcher) {
    ISOLAB_ASSIGN(const UniqueFd all, lock_all(containers, LockKind::exclusive));
    Result<void> result;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(containers, failed)) {
        if (!entry.is_directory(failed) || entry.is_symlink(failed))
            continue;
        const auto lock = open_lock_file(entry.path() / "lock");
        if (!lock || !try_lock(*lock, LockKind::exclusive))
            continue; // somebody watches it
        if (auto ended = end_group(layout, entry.path().filename()); !ended)
            result = std::move(ended);
        if (auto adopted = adopt_container_files(launcher, entry.path()); !adopted)
            result = std::move(adopted);
        if (auto removed = remove_folder(entry.path()); !removed)
            result = std::move(removed);
    }
    return result;
}

} // namespace isolab
