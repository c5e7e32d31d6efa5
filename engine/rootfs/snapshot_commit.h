// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/image/image_commit.h"
#include "engine/rootfs/tree_view.h"

namespace isolab {

/// Makes an image of a container's files: the layers of `parent`, of which the snapshot was made, and one with its
/// changes (see write_change_layer(); without changes none). `ids` are the maps of the container's user namespace, so
/// that owners are those of the container. The container should be paused or stopped. Volumes and other mounts are no
/// part of a snapshot. On failure or stop the store is as before.
Result<Image> commit_snapshot(ImageStore& images, const LayerStore& layers, const Image& parent,
                              const Snapshot& snapshot, const IdMaps& ids, const CommitOptions& options,
                              ProgressSink& progress, const StopToken& stop);

} // namespace isolab
