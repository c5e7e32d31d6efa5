// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/rootfs/snapshotter.h"

namespace isolab {

/// Files that outlive containers and can be shared between them. A value.
struct Volume {
    std::string name;
    std::filesystem::path data;                ///< the folder to mount
    std::string created;                       ///< RFC 3339
    std::map<std::string, std::string> labels; ///< UTF-8
    bool anonymous = false;                    ///< made for one container, which named only the place
};

/// Keeps a volume from being removed, by any process, while it or a copy of it lives.
class VolumeHold {
  public:
    VolumeHold() = default;

    /// For a process that uses the volume after this one has ended: it holds it too while it has the descriptor open.
    /// -1 without a volume.
    int fd() const noexcept { return lock_ ? lock_->get() : -1; }

  private:
    friend class VolumeStore;
    explicit VolumeHold(UniqueFd lock) : lock_(std::make_shared<const UniqueFd>(std::move(lock))) {}
    std::shared_ptr<const UniqueFd> lock_; ///< flock(2), shared, on the volume's folder
};

/// What an image has at the place where a volume is mounted; referenced objects outlive the call.
struct FirstContent {
    const LayerStore& layers;
    const Image& image;
    std::string path; ///< in the image, "/var/lib/data"
};

/// Volumes `FOLDER/NAME/_data`, each with a `volume.json` beside the data. Safe between processes and against crashes:
/// a volume appears complete and disappears as a whole, by rename(2).
class VolumeStore {
  public:
    /// Opens the store in `folder`, creating it when it is missing. Only the owner may enter it: volumes hold the
    /// set-user-id programs of containers.
    static Result<VolumeStore> open(const std::filesystem::path& folder);

    /// Makes an empty volume, or gives the one of that name, whose labels stay. Without a name it is anonymous and gets
    /// 64 random hexadecimal digits. invalid_argument for a name that is not [a-zA-Z0-9][a-zA-Z0-9_.-]+ or longer than
    /// 255 bytes, and for labels that are not UTF-8.
    Result<Volume> create(const std::optional<std::string>& name,
                          const std::map<std::string, std::string>& labels = {}) const;

    /// not_found when there is none; corrupt when its description cannot be read.
    Result<Volume> find(const std::string& name) const;

    /// All, sorted by name. Those that cannot be read are left out and told in `damaged`, if given.
    Result<std::vector<Volume>> list(std::vector<Error>* damaged = nullptr) const;

    /// Whether anybody holds it at this moment.
    Result<bool> in_use(const std::string& name) const;

    /// Holds a volume for as long as a container uses it.
    Result<VolumeHold> hold(const std::string& name) const;

    /// The same, and before the first use of an empty volume it receives what the image has at the place where it is
    /// mounted, with the owner and mode of that folder: all at once or, on failure, nothing. Symbolic links on the way
    /// are followed inside the image only. A volume that holds anything or that others use, and an image that has
    /// nothing there, leave it as it is. invalid_argument: the image has a file there, or the place is "/".
    Result<VolumeHold> hold_filled(const std::string& name, const FirstContent& content, ProgressSink& progress,
                                   const StopToken& stop) const;

    /// Removes a volume with its data, also a damaged one. unavailable while somebody holds it. permission_denied for
    /// files of other users that a rootless container has left in it; then it stays, with what is left.
    Result<void> remove(const std::string& name) const;

    /// Removes the anonymous volumes, or all, that nobody holds; their names. The first Error ends it.
    Result<std::vector<std::string>> prune(bool named_too, const StopToken& stop) const;

    const std::filesystem::path& folder() const noexcept { return folder_; }

  private:
    explicit VolumeStore(std::filesystem::path folder) : folder_(std::move(folder)) {}
    Result<UniqueFd> open_volume(const std::string& name) const;
    Result<bool> fill(const std::string& name, const FirstContent& content, ProgressSink& progress,
                      const StopToken& stop) const;
    std::filesystem::path folder_;
};

} // namespace isolab
