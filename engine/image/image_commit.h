// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/image/image_store.h"
#include "engine/image/layer_archive.h"

namespace isolab {

/// What a new image says of itself beside its files.
struct CommitOptions {
    std::optional<std::string> name; ///< as for ImageStore::find(); empty: the image is known by its digest only
    std::string author;              ///< "Name <address>"; empty: the parent's
    std::string message;             ///< of its history entry
    std::string created_by = "isolab commit"; ///< what made the layer, for its history entry
    std::vector<std::string> changes;         ///< see apply_config_changes()
    Nanoseconds created = realtime_now();     ///< since 1970
    /// gzip: the one compression that every tool and registry reads. zstd: several times faster and smaller.
    Compression compression = Compression::gzip;
};

/// Makes an image of the parent's layers and a new one (empty: the files are the parent's) and gives it a name, in one
/// step: on failure neither it nor its blobs are in the store. The configuration is the parent's with all its fields,
/// the changes, one more history entry and the new layer. An image that had the name keeps its blobs until pruned.
Result<Image> commit_image(ImageStore& images, BlobStage& stage, const Image& parent,
                           const std::optional<NewLayer>& layer, const CommitOptions& options);

} // namespace isolab
