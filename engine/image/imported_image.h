// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/image/blob_stage.h"
#include "engine/image/byte_source.h"
#include "engine/image/image.h"

namespace isolab {

/// An image whose blobs are all staged or stored, verified, and ready to be published.
struct ImportedImage {
    Descriptor manifest;
    std::vector<Digest> blobs; ///< manifest, configuration and layers
    std::string name;          ///< normalised
};

/// One import under way: where blobs go, who watches, and what the user calls the image.
struct ImportJob {
    std::filesystem::path source;
    std::optional<std::string> name; ///< normalised; empty: the name that the source carries
    BlobStage& stage;
    const ReadWatch& watch;
    ByteLimits limits = {}; ///< of what the source may unpack to
};

/// The image's name: the user's, otherwise the one found in the source, where a bare tag ("1.2", as skopeo and umoci
/// write) is put behind the source's file name, otherwise the source's file name.
Result<std::string> choose_name(const ImportJob& job, const std::optional<std::string>& found);

} // namespace isolab
