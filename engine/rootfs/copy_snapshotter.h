// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/rootfs/snapshotter.h"

namespace isolab {

/// Snapshots as complete copies: slower and bigger, for kernels and users without overlayfs. Thread-safe.
class CopySnapshotter final : public Snapshotter {
  public:
    CopySnapshotter(LayerStore layers, std::string reason) : layers_(std::move(layers)), reason_(std::move(reason)) {}
    std::string id() const override { return "copy"; }
    std::string reason() const override { return reason_; }
    Result<Snapshot> prepare(const Image& image, const std::filesystem::path& directory,
                             const StopToken& stop) override;
    Result<Snapshot> open(const Image& image, const std::filesystem::path& directory) const override;
    Result<SnapshotDisk> disk(const Snapshot& snapshot) const override;
    Result<void> remove(const Snapshot& snapshot) override;

  private:
    LayerStore layers_;
    std::string reason_;
};

} // namespace isolab
