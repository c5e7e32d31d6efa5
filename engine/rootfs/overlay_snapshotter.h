// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "engine/rootfs/snapshotter.h"

namespace isolab {

/// Snapshots for overlayfs: the layers are shared by all containers, each has its own upper directory. Nothing is
/// mounted here. Thread-safe.
class OverlaySnapshotter final : public Snapshotter {
  public:
    explicit OverlaySnapshotter(LayerStore layers) : layers_(std::move(layers)) {}
    std::string id() const override { return "overlay"; }
    std::string reason() const override { return {}; }
    Result<Snapshot> prepare(const Image& image, const std::filesystem::path& directory,
                             const StopToken& stop) override;
    Result<Snapshot> open(const Image& image, const std::filesystem::path& directory) const override;
    Result<SnapshotDisk> disk(const Snapshot& snapshot) const override;
    Result<void> remove(const Snapshot& snapshot) override;

  private:
    Result<Snapshot> describe(const Image& image, const std::filesystem::path& directory) const;
    Result<std::uint64_t> layers_allocated(const std::vector<std::filesystem::path>& lowers) const;
    Result<std::uint64_t> visible_bytes(const Snapshot& snapshot, bool unchanged) const;

    LayerStore layers_;
    mutable std::mutex mutex_;
    mutable std::map<std::filesystem::path, std::uint64_t> allocated_;            ///< by layer: they never change
    mutable std::map<std::vector<std::filesystem::path>, std::uint64_t> visible_; ///< by layers without an upper
};

} // namespace isolab
