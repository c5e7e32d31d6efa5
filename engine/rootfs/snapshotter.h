// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/file_owner.h"
#include "engine/base/file_tree.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"
#include "engine/image/image_store.h"

namespace isolab {

/// Keeps layers from being removed, by any process, while it or a copy of it lives.
class LayerHold {
  public:
    LayerHold() = default;

  private:
    friend class LayerStore;
    explicit LayerHold(std::vector<UniqueFd> locks)
        : locks_(std::make_shared<const std::vector<UniqueFd>>(std::move(locks))) {}
    std::shared_ptr<const std::vector<UniqueFd>> locks_; ///< flock(2), shared, on the layers' directories
};

/// A container's root file system, described; nothing is mounted yet (the launcher mounts it in its own mount
/// namespace, so nothing can be left mounted on the host).
struct Snapshot {
    std::filesystem::path directory; ///< owns everything below; removed by Snapshotter::remove()
    std::vector<std::filesystem::path>
        lowers;                  ///< overlay lower directories, uppermost first; empty: `root` is complete
    std::filesystem::path upper; ///< empty when `root` is complete
    std::filesystem::path work;
    std::filesystem::path root;   ///< mount point, or the complete tree of a copy snapshot
    bool user_attributes = false; ///< the layers carry "user.overlay." marks: to be mounted with userxattr
    LayerHold hold = {};          ///< on `lowers`
};

/// What a snapshot occupies on the disk; shared + unique = allocated, always.
struct SnapshotDisk {
    std::uint64_t logical = 0;   ///< apparent size of all files that the container sees, bytes
    std::uint64_t allocated = 0; ///< st_blocks * 512 of layers and upper directory
    std::uint64_t shared = 0;    ///< of allocated: in layers that other instances use too
    std::uint64_t unique = 0;    ///< of allocated: only this container's
};

/// Makes a writable root file system for each container out of an image's unpacked layers.
class Snapshotter {
  public:
    virtual ~Snapshotter() = default;
    /// Stable id: "overlay" or "copy".
    virtual std::string id() const = 0;
    /// Why it is used although it is not the first choice; empty for the first choice.
    virtual std::string reason() const = 0;
    /// Makes `directory` (must not exist) with a fresh writable layer over the image's layers, which must
    /// have been unpacked by LayerStore::ensure().
    virtual Result<Snapshot> prepare(const Image& image, const std::filesystem::path& directory,
                                     const StopToken& stop) = 0;
    /// A snapshot that prepare() made in `directory` before, also in another process; not_found when it is gone.
    virtual Result<Snapshot> open(const Image& image, const std::filesystem::path& directory) const = 0;
    virtual Result<SnapshotDisk> disk(const Snapshot& snapshot) const = 0;
    virtual Result<void> remove(const Snapshot& snapshot) = 0;
};

/// Unpacked layers `FOLDER/chain-<algorithm>-<hex>/` by ChainID (OCI image spec 1.1, config.md), each written once and
/// never changed afterwards. The same layer over others is another one, because directories that it does not describe
/// look as in the layers below. Safe between processes: a layer is unpacked beside its place and renamed into it.
class LayerStore {
  public:
    /// Opens the store in `folder`, creating it when it is missing. Only the owner may enter it: layers hold the
    /// set-user-id programs and device nodes of images as they are.
    static Result<LayerStore> open(const std::filesystem::path& folder);

    /// Unpacks what is missing of an image's layers and holds each from the moment that it is there, so that nobody
    /// removes one before the others are. Each diff id is checked while it streams. As root, owners,
    /// modes, extended attributes and device nodes are kept and whiteouts become overlayfs whiteouts
    /// (0:0 character devices, trusted.overlay.opaque); without privilege everything belongs to the caller, an
    /// owner table is kept beside the layer for owners(), device nodes are left out and whiteouts
    /// are "user.overlay." ones (mount option userxattr). No entry can reach outside of the layer's directory.
    Result<LayerHold> ensure(const ImageStore& images, const Image& image, ProgressSink& progress,
                             const StopToken& stop);

    /// Directories of an image's layers, uppermost first, as overlayfs wants them.
    std::vector<std::filesystem::path> lowers(const Image& image) const;

    /// Holds an image's layers; not_found when one is not unpacked.
    Result<LayerHold> hold(const Image& image) const;

    /// Removes the layers that none of `images` needs and nobody holds.
    Result<void> remove_unused(const std::vector<Image>& images) const;

    /// Owners and modes of all files that the image's users see, where the files on disk cannot tell them, as without
    /// privilege; empty otherwise. A file that is not named belongs to root and has its mode.
    Result<FileOwners> owners(const Image& image) const;

    /// Merges an image's layers into `target` (must not exist): whiteouts applied, regular files hard-linked
    /// where possible (so treat it as read-only), otherwise copied. Used to make disks for virtual machines.
    Result<void> build_tree(const Image& image, const std::filesystem::path& target, ProgressSink& progress,
                            const StopToken& stop) const;

    /// Content of one regular file as the image's users see it (uppermost layer wins, symbolic links are followed
    /// inside the image); not_found when it does not exist or a whiteout hides it.
    Result<std::string> read(const Image& image, const std::string& path, std::uint64_t limit = 1U << 20U) const;

    const std::filesystem::path& folder() const noexcept { return folder_; }

  private:
    explicit LayerStore(std::filesystem::path folder) : folder_(std::move(folder)) {}
    std::filesystem::path folder_;
};

/// overlayfs when the kernel lets this user mount it, otherwise full copies. `forced` ("overlay", "copy")
/// overrules the choice.
Result<std::unique_ptr<Snapshotter>> make_snapshotter(const LayerStore& layers,
                                                      const std::optional<std::string>& forced = std::nullopt);

} // namespace isolab
