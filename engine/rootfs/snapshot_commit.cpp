// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/snapshot_commit.h"

#include "engine/rootfs/change_layer.h"

namespace isolab {
namespace {

Result<std::optional<NewLayer>> stage_changes(BlobStage& stage, const TreeView& before, const TreeView& after,
                                              Compression compression, const ReadWatch& watch) {
    ISOLAB_ASSIGN(LayerArchive archive, LayerArchive::create(stage, compression));
    ISOLAB_ASSIGN(const std::uint64_t entries, write_change_layer(archive, before, after, watch));
    if (entries == 0)
        return std::optional<NewLayer>{};
    ISOLAB_ASSIGN(NewLayer layer, archive.finish());
    return std::optional(std::move(layer));
}

} // namespace

Result<Image> commit_snapshot(ImageStore& images, const LayerStore& layers, const Image& parent,
                              const Snapshot& snapshot, const IdMaps& ids, const CommitOptions& options,
                              ProgressSink& progress, const StopToken& stop) {
    const auto within = [&](Error error) { return fail(error.within("commit a container of", parent.name)); };
    const ReadWatch watch{progress, stop, "commit"};
    const auto before = TreeView::of_image(layers, parent);
    if (!before)
        return within(before.error());
    const auto after = TreeView::of_snapshot(layers, parent, snapshot, ids);
    if (!after)
        return within(after.error());
    ISOLAB_ASSIGN(BlobStage stage, BlobStage::open(images.folder()));
    const auto layer = stage_changes(stage, *before, *after, options.compression, watch);
    if (!layer)
        return within(layer.error());
    ISOLAB_TRY(stop.check("commit a container of " + parent.name));
    return commit_image(images, stage, parent, *layer, options);
}

} // namespace isolab
