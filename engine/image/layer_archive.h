// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "engine/image/blob_stage.h"
#include "engine/image/decompressor.h"
#include "engine/image/tar_writer.h"

namespace isolab {

/// A layer that was staged, and what an image's configuration and manifest say of it.
struct NewLayer {
    StagedBlob blob;
    Digest diff_id; ///< of the uncompressed archive
    Compression compression = Compression::gzip;
};

/// Writes a layer (OCI image spec 1.1, layer.md) straight into a stage: archive, digest, compression, digest in one
/// pass, nothing is kept in memory. Not thread-safe; `stage` outlives it.
class LayerArchive {
  public:
    static Result<LayerArchive> create(BlobStage& stage, Compression compression);

    LayerArchive(LayerArchive&&) noexcept;
    LayerArchive& operator=(LayerArchive&&) = delete;
    ~LayerArchive();

    /// For entries and their content.
    TarWriter& tar();

    /// Hides `path` (relative) of the layers below.
    Result<void> add_whiteout(const std::string& path);

    /// Hides what the layers below have in the directory `path`.
    Result<void> add_opaque(const std::string& path);

    Result<NewLayer> finish();

  private:
    struct Stream;
    explicit LayerArchive(std::unique_ptr<Stream> stream) noexcept;
    std::unique_ptr<Stream> stream_;
};

} // namespace isolab
