// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/machine_image_store.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>

#include "engine/base/file_lock.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/utc_time.h"
#include "virt/machine_image/file_digest.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr const char* disk_file = "disk.qcow2";
constexpr const char* description_file = "image.json";

tl::unexpected<Error> exists_already(const std::string& name) {
    return fail(ErrorKind::already_exists, "make machine image", name, "there is one of that name",
                "Choose another --name, or remove it: isolab vm image rm " + name);
}

tl::unexpected<Error> no_such_image(const std::string& name) {
    return fail(ErrorKind::not_found, "use machine image", name, "there is no machine image of that name",
                "isolab vm image ls shows those that are there");
}

/// Whether nobody has removed the folder since it was opened.
bool is_still_at(const UniqueFd& folder, const fs::path& place) {
    struct stat opened {};
    struct stat there {};
    return ::fstat(folder.get(), &opened) == 0 && ::lstat(place.c_str(), &there) == 0 &&
           opened.st_ino == there.st_ino && opened.st_dev == there.st_dev;
}

Result<std::uint64_t> regular_size(const fs::path& file) {
    struct stat status {};
    if (::lstat(file.c_str(), &status) != 0)
        return fail_errno(errno, "look at", file.string());
    if (!S_ISREG(status.st_mode))
        return fail(ErrorKind::corrupt, "look at", file.string(), "it is not a regular file");
    return static_cast<std::uint64_t>(status.st_size);
}

/// The description in `folder`, and whether it describes what lies there.
Result<MachineImage> read_image_folder(const fs::path& folder, const std::string& name) {
    const fs::path description = folder / description_file;
    ISOLAB_ASSIGN(const Json document, read_json_file(description));
    ISOLAB_ASSIGN(MachineImage image, parse_machine_image(document, description.string()));
    image.disk = folder / disk_file;
    ISOLAB_ASSIGN(const std::uint64_t size, regular_size(image.disk));
    if (size != image.file_size)
        return fail(ErrorKind::corrupt, "read", image.disk.string(),
                    "it has " + std::to_string(size) + " bytes and should have " + std::to_string(image.file_size));
    if (image.name != name)
        return fail(ErrorKind::corrupt, "read", description.string(), "it describes " + image.name);
    return image;
}

} // namespace

Result<MachineImageStore> MachineImageStore::open(const fs::path& folder) {
    ISOLAB_TRY(make_private_directory(folder));
    ISOLAB_TRY(WorkFolder::remove_abandoned(folder));
    return MachineImageStore(folder);
}

Result<void> MachineImageStore::check_new(const std::string& name) const {
    ISOLAB_TRY(check_machine_image_name(name));
    std::error_code error;
    if (fs::symlink_status(folder_ / name, error).type() != fs::file_type::not_found)
        return exists_already(name);
    return {};
}

Result<WorkFolder> MachineImageStore::begin() const { return WorkFolder::create(folder_); }

Result<MachineImage> MachineImageStore::add(MachineImage image, const fs::path& disk, const StopToken& stop) const {
    ISOLAB_TRY(check_machine_image_name(image.name));
    ISOLAB_ASSIGN(const WorkFolder work, begin());
    const fs::path made = work.path() / "image";
    ISOLAB_TRY(make_private_directory(made));
    if (::chmod(disk.c_str(), 0600) != 0 || ::rename(disk.c_str(), (made / disk_file).c_str()) != 0)
        return fail_errno(errno, "keep", disk.string());
    ISOLAB_ASSIGN(image.file_size, regular_size(made / disk_file));
    ISOLAB_ASSIGN(image.sha256, sha256_of_file(made / disk_file, stop));
    image.created = utc_text(realtime_now(), 0);
    ISOLAB_TRY(write_file_atomically(made / description_file, machine_image_json(image).dump(2) + "\n"));
    ISOLAB_TRY(sync_file_system(made));
    ISOLAB_TRY(stop.check("make machine image"));
    // One that was there already is not empty, so it stays.
    if (::rename(made.c_str(), (folder_ / image.name).c_str()) != 0)
        return errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR
                   ? exists_already(image.name)
                   : fail_errno(errno, "make machine image", image.name);
    ISOLAB_TRY(sync_folder(folder_));
    image.disk = folder_ / image.name / disk_file;
    return image;
}

Result<UniqueFd> MachineImageStore::open_image(const std::string& name) const {
    ISOLAB_TRY(check_machine_image_name(name));
    auto opened = open_lock_folder(folder_ / name);
    if (!opened && opened.error().kind == ErrorKind::not_found)
        return no_such_image(name);
    return opened;
}

Result<MachineImage> MachineImageStore::find(const std::string& name) const {
    ISOLAB_ASSIGN(const UniqueFd found, open_image(name));
    Result<MachineImage> image = read_image_folder(folder_ / name, name);
    if (!image && !is_still_at(found, folder_ / name))
        return no_such_image(name);
    if (!image)
        return fail(ErrorKind::corrupt, "use machine image", name, image.error().message(),
                    "Remove it: isolab vm image rm " + name);
    return image;
}

Result<std::vector<MachineImage>> MachineImageStore::list(std::vector<Error>* damaged) const {
    std::vector<MachineImage> images;
    std::error_code error;
    for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (!check_machine_image_name(name))
            continue; // one in the making
        Result<MachineImage> image = find(name);
        if (image)
            images.push_back(std::move(*image));
        else if (damaged != nullptr && image.error().kind != ErrorKind::not_found)
            damaged->push_back(std::move(image).error());
    }
    if (error)
        return fail_errno(error.value(), "list machine images in", folder_.string());
    std::ranges::sort(images, {}, &MachineImage::name);
    return images;
}

Result<MachineImageHold> MachineImageStore::hold(const std::string& name) const {
    ISOLAB_ASSIGN(const UniqueFd guard, lock_folder(folder_)); // against remove() on its way
    ISOLAB_ASSIGN(UniqueFd fd, open_image(name));
    ISOLAB_TRY(wait_for_lock(fd, LockKind::shared, name));
    ISOLAB_ASSIGN(MachineImage image, find(name));
    return MachineImageHold(std::move(image), std::move(fd));
}

Result<void> MachineImageStore::remove(const std::string& name) const {
    ISOLAB_ASSIGN(const WorkFolder doomed, begin());
    ISOLAB_ASSIGN(const UniqueFd guard, lock_folder(folder_));
    ISOLAB_ASSIGN(const UniqueFd fd, open_image(name));
    if (!try_lock(fd, LockKind::exclusive))
        return fail(ErrorKind::unavailable, "remove machine image", name, lock_holder(fd) + " uses it",
                    "Stop its machines first");
    if (::rename((folder_ / name).c_str(), (doomed.path() / name).c_str()) != 0)
        return fail_errno(errno, "remove machine image", name);
    return {}; // the folder takes it along
}

} // namespace isolab
