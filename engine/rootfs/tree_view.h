// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "engine/rootfs/file_facts.h"
#include "engine/rootfs/id_mapping.h"
#include "engine/rootfs/merged_tree.h"
#include "engine/rootfs/snapshotter.h"

namespace isolab {

/// The ids of a container's user namespace. Empty: it has the ids of the initial one, or, of a container of an ordinary
/// user, root is that user.
struct IdMaps {
    std::vector<IdMapping> uids;
    std::vector<IdMapping> gids;
};

/// The files of an image, or of a container, with the owners that they have for those inside. It holds the layers it
/// shows; a container may run meanwhile, then it shows each file as it is when it is looked at.
class TreeView {
  public:
    /// The layers must be unpacked (LayerStore::ensure()), otherwise not_found.
    static Result<TreeView> of_image(const LayerStore& layers, const Image& image);

    /// A container's files: `image` is what the snapshot was made of, `ids` its user namespace's maps.
    static Result<TreeView> of_snapshot(const LayerStore& layers, const Image& image, const Snapshot& snapshot,
                                        IdMaps ids = {});

    const MergedDirectory& root() const noexcept { return root_; }

    /// What root() is merged of, uppermost first.
    const std::vector<std::filesystem::path>& layers() const noexcept { return paths_; }

    /// Everything about an entry of a walk through root() at `path` ("." for the root itself, then `entry` is
    /// root_entry()). unsupported for what overlayfs describes by reference to another place (redirect_dir, metacopy).
    Result<FileFacts> facts(const std::string& path, const MergedDirectory::Entry& entry) const;

    Result<MergedDirectory::Entry> root_entry() const;

  private:
    TreeView(MergedDirectory root, std::vector<std::filesystem::path> paths)
        : root_(std::move(root)), paths_(std::move(paths)) {}
    FileOwner owner(const std::string& path, const MergedDirectory::Entry& entry) const;
    FileOwner container_owner(const struct stat& status) const;

    MergedDirectory root_;
    std::vector<std::filesystem::path> paths_;
    LayerHold hold_;
    bool has_container_ = false; ///< layer 0 is what the container wrote, or its whole copy
    bool privileged_ = true;
    FileOwners recorded_; ///< of the image, where the disk cannot tell
    IdMaps ids_;
};

/// An id of the container for one of the host; ids that no line has stay as they are.
std::uint32_t id_inside(const std::vector<IdMapping>& map, std::uint32_t host) noexcept;

} // namespace isolab
