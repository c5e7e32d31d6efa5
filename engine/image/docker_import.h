// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/image/archive_contents.h"

namespace isolab {

/// Imports what `docker save` (and `podman save`, skopeo's docker-archive:) writes: a manifest.json that names a
/// configuration, layer files and tags. An OCI manifest is made for it. The configuration must match the digest in
/// its file name and uncompressed layers must match their diff ids; else corrupt.
Result<ImportedImage> import_docker_archive(const ImportJob& job, const ArchiveContents& contents);

/// Imports a plain tar of a root file system as an image of one layer. gzip and zstd files are stored as they are,
/// others uncompressed. Not a tar archive: invalid_argument.
Result<ImportedImage> import_root_tar(const ImportJob& job);

/// Stages the manifest of an image whose configuration and layers are staged.
Result<ImportedImage> stage_manifest(const ImportJob& job, const StagedBlob& config,
                                     const std::vector<StagedBlob>& layers, const std::vector<std::string>& layer_types,
                                     std::string name);

} // namespace isolab
