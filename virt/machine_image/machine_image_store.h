// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "engine/base/unique_fd.h"
#include "engine/base/work_folder.h"
#include "virt/machine_image/machine_image.h"

namespace isolab {

/// Keeps a machine image from being removed, by any process, while it or a copy of it lives.
class MachineImageHold {
  public:
    const MachineImage& image() const noexcept { return image_; }

  private:
    friend class MachineImageStore;
    MachineImageHold(MachineImage image, UniqueFd lock)
        : image_(std::move(image)), lock_(std::make_shared<const UniqueFd>(std::move(lock))) {}
    MachineImage image_;
    std::shared_ptr<const UniqueFd> lock_; ///< flock(2), shared, on the image's folder
};

/// Machine images `FOLDER/NAME/disk.qcow2`, each with an `image.json` beside the disk. Safe between processes and
/// against crashes: an image appears complete and disappears as a whole, by rename(2). All functions may be called by
/// any thread.
class MachineImageStore {
  public:
    /// Opens the store in `folder` (DataFolder::machine_images()), creating it when it is missing, and removes what
    /// processes that are gone left half-made. Only the owner may enter it.
    static Result<MachineImageStore> open(const std::filesystem::path& folder);

    /// already_exists when there is one of that name, invalid_argument when there can be none: to be asked before the
    /// work is done whose result would get it.
    Result<void> check_new(const std::string& name) const;

    /// A folder on the store's file system in which an image is made; gone with the object.
    Result<WorkFolder> begin() const;

    /// Takes over the qcow2 file `disk`, which lies in a folder of begin(), under `image.name`. File size, time and
    /// digest are filled in; the caller has set the rest. It is on the disk, not only in memory, when this returns.
    /// already_exists when another one was faster.
    Result<MachineImage> add(MachineImage image, const std::filesystem::path& disk, const StopToken& stop) const;

    /// not_found when there is none; corrupt when its description cannot be read or the disk is not the one that it
    /// describes, by its size.
    Result<MachineImage> find(const std::string& name) const;

    /// All, sorted by name. Those that cannot be read are left out and told in `damaged`, if given.
    Result<std::vector<MachineImage>> list(std::vector<Error>* damaged = nullptr) const;

    /// find(), and holds it for as long as a machine uses it.
    Result<MachineImageHold> hold(const std::string& name) const;

    /// Removes an image, also a damaged one. unavailable while somebody holds it.
    Result<void> remove(const std::string& name) const;

    const std::filesystem::path& folder() const noexcept { return folder_; }

  private:
    explicit MachineImageStore(std::filesystem::path folder) : folder_(std::move(folder)) {}
    Result<UniqueFd> open_image(const std::string& name) const;
    std::filesystem::path folder_;
};

} // namespace isolab
