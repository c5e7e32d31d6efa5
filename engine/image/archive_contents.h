// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/image/imported_image.h"
#include "engine/image/tar_reader.h"

namespace isolab {

/// What one pass through an image archive found. Big members went to the stage under their digest, so nothing was
/// ever written at a path that the archive names.
struct ArchiveContents {
    std::map<std::string, std::string> documents; ///< "index.json", "oci-layout", "manifest.json": content
    std::map<std::string, StagedBlob> members;    ///< every other regular file by its normalised path
    std::map<std::string, std::string> links;     ///< symbolic or hard link: path of the member it means

    bool is_layout() const { return documents.contains("oci-layout") && documents.contains("index.json"); }
    bool is_docker() const { return documents.contains("manifest.json"); }

    /// A member by path, through links; null when there is none.
    const StagedBlob* find(const std::string& path) const;
};

/// Reads an archive once. Empty when its members are not those of an image archive: then it is a plain root file
/// system. The decision falls at the first member that no image archive has, mostly the very first.
Result<std::optional<ArchiveContents>> read_image_archive(const ImportJob& job);

} // namespace isolab
