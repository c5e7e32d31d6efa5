// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/volume_store.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>

#include "engine/base/file_lock.h"
#include "engine/base/utc_time.h"
#include "engine/base/work_folder.h"
#include "engine/rootfs/image_lookup.h"
#include "engine/rootfs/merged_tree.h"
#include "engine/rootfs/tree_copy.h"
#include "engine/rootfs/volume_document.h"

namespace isolab {
namespace {

tl::unexpected<Error> is_used(const std::string& name) {
    return fail(ErrorKind::unavailable, "remove volume", name, "a container uses it", "Stop that container first");
}

Result<bool> has_no_files(const std::filesystem::path& folder) {
    std::error_code error;
    const bool empty = std::filesystem::is_empty(folder, error);
    if (error)
        return fail_errno(error.value(), "look into volume", folder.string());
    return empty;
}

} // namespace

Result<VolumeStore> VolumeStore::open(const std::filesystem::path& folder) {
    ISOLAB_TRY(make_private_directory(folder));
    ISOLAB_TRY(WorkFolder::remove_abandoned(folder));
    return VolumeStore(folder);
}

Result<Volume> VolumeStore::create(const std::optional<std::string>& name,
                                   const std::map<std::string, std::string>& labels) const {
    Volume volume{name.value_or(random_volume_name()), {}, utc_text(realtime_now()), labels, !name};
    ISOLAB_TRY(check_volume_name(volume.name));
    ISOLAB_ASSIGN(const WorkFolder work, WorkFolder::create(folder_));
    const std::filesystem::path made = work.path() / "volume";
    ISOLAB_TRY(make_volume_folder(made, volume));
    // One that was there already is not empty, so it stays.
    if (::rename(made.c_str(), (folder_ / volume.name).c_str()) != 0 && errno != EEXIST && errno != ENOTEMPTY)
        return fail_errno(errno, "make volume", volume.name);
    return find(volume.name);
}

Result<Volume> VolumeStore::find(const std::string& name) const {
    ISOLAB_ASSIGN(const UniqueFd found, open_volume(name));
    Result<Volume> volume = read_volume_folder(folder_ / name);
    if (!volume)
        return fail(ErrorKind::corrupt, "read volume", name, volume.error().message(),
                    "Save what is in " + (folder_ / name / "_data").string() + " and remove the volume");
    return volume;
}

Result<UniqueFd> VolumeStore::open_volume(const std::string& name) const {
    ISOLAB_TRY(check_volume_name(name));
    UniqueFd fd(::open((folder_ / name).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd && errno == ENOENT)
        return fail(ErrorKind::not_found, "use volume", name, "there is no volume of that name");
    if (!fd)
        return fail_errno(errno, "use volume", name);
    return fd;
}

Result<std::vector<Volume>> VolumeStore::list(std::vector<Error>* damaged) const {
    std::vector<Volume> volumes;
    std::error_code error;
    for (std::filesystem::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (!check_volume_name(name))
            continue; // a folder in the making
        Result<Volume> volume = find(name);
        if (volume)
            volumes.push_back(std::move(*volume));
        else if (damaged != nullptr && volume.error().kind != ErrorKind::not_found)
            damaged->push_back(std::move(volume).error());
    }
    if (error)
        return fail_errno(error.value(), "list volumes in", folder_.string());
    std::ranges::sort(volumes, {}, &Volume::name);
    return volumes;
}

Result<bool> VolumeStore::in_use(const std::string& name) const {
    ISOLAB_ASSIGN(const UniqueFd guard, lock_folder(folder_)); // nobody takes what is looked at for a hold of its own
    ISOLAB_ASSIGN(const UniqueFd fd, open_volume(name));
    return !try_lock(fd, LockKind::exclusive);
}

Result<VolumeHold> VolumeStore::hold(const std::string& name) const {
    ISOLAB_ASSIGN(const UniqueFd guard, lock_folder(folder_)); // against remove() on its way
    ISOLAB_ASSIGN(UniqueFd fd, open_volume(name));
    ISOLAB_TRY(wait_for_lock(fd, LockKind::shared, name));
    return VolumeHold(std::move(fd));
}

Result<VolumeHold> VolumeStore::hold_filled(const std::string& name, const FirstContent& content,
                                            ProgressSink& progress, const StopToken& stop) const {
    const Result<bool> filled = fill(name, content, progress, stop);
    if (!filled)
        return fail(filled.error().within("fill volume " + name + " with", content.image.name + ":" + content.path));
    return hold(name);
}

Result<bool> VolumeStore::fill(const std::string& name, const FirstContent& content, ProgressSink& progress,
                               const StopToken& stop) const {
    ISOLAB_ASSIGN(const Volume volume, find(name));
    ISOLAB_ASSIGN(const bool empty, has_no_files(volume.data));
    if (!empty)
        return false;
    ISOLAB_ASSIGN(const LayerHold held, content.layers.hold(content.image));
    ISOLAB_ASSIGN(const MergedDirectory root, MergedDirectory::open(content.layers.lowers(content.image)));
    Result<MergedDirectory> source = open_merged_directory(root, content.path);
    if (!source && source.error().kind == ErrorKind::not_found)
        return false;
    if (!source)
        return fail(source.error());
    ISOLAB_ASSIGN(const WorkFolder work, WorkFolder::create(folder_));
    const std::filesystem::path copy = work.path() / "data";
    ISOLAB_TRY(copy_merged_tree(*source, copy, CopyMode::copy, progress, stop));
    ISOLAB_TRY(sync_file_system(copy)); // what is not empty is never filled again
    ISOLAB_ASSIGN(const UniqueFd guard, lock_folder(folder_));
    ISOLAB_ASSIGN(const UniqueFd fd, open_volume(name));
    if (!try_lock(fd, LockKind::exclusive))
        return false; // mounted somewhere: the folder may not be replaced under it
    if (::renameat(AT_FDCWD, copy.c_str(), fd.get(), "_data") == 0)
        return true;
    if (errno == EEXIST || errno == ENOTEMPTY) // another one was faster
        return false;
    return fail_errno(errno, "fill volume", name);
}

Result<void> VolumeStore::remove(const std::string& name) const {
    ISOLAB_ASSIGN(const WorkFolder doomed, WorkFolder::create(folder_));
    const std::filesystem::path place = folder_ / name;
    const std::filesystem::path moved = doomed.path() / "volume";
    {
        ISOLAB_ASSIGN(const UniqueFd guard, lock_folder(folder_));
        ISOLAB_ASSIGN(const UniqueFd fd, open_volume(name));
        if (!try_lock(fd, LockKind::exclusive))
            return is_used(name);
        if (::rename(place.c_str(), moved.c_str()) != 0)
            return fail_errno(errno, "remove volume", name);
    }
    Result<void> removed = remove_tree(moved / "_data");
    if (!removed) {
        ::rename(moved.c_str(), place.c_str()); // fails when there is a new one of that name
        return fail(removed.error().within("remove volume", name));
    }
    return remove_tree(moved);
}

Result<std::vector<std::string>> VolumeStore::prune(bool named_too, const StopToken& stop) const {
    ISOLAB_ASSIGN(const std::vector<Volume> volumes, list());
    std::vector<std::string> names;
    for (const Volume& volume : volumes) {
        if (!volume.anonymous && !named_too)
            continue;
        ISOLAB_TRY(stop.check("remove volumes"));
        const Result<void> removed = remove(volume.name);
        if (removed)
            names.push_back(volume.name);
        else if (removed.error().kind != ErrorKind::unavailable && removed.error().kind != ErrorKind::not_found)
            return fail(removed.error());
    }
    return names;
}

} // namespace isolab
