// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/progress.h"
#include "engine/base/stop.h"
#include "engine/image/image.h"

namespace isolab {

class BlobStage;
struct ImportedImage;

/// Content-addressed store of images: an OCI image layout (image-layout.md) in one folder. Several processes
/// may use it at once (index.json is replaced under a lock); an object may be used from any one thread.
class ImageStore {
  public:
    /// Opens the store in `folder`, creating it when it is missing. Only the owner may enter it, as image files may be
    /// secret.
    static Result<ImageStore> open(const std::filesystem::path& folder);

    /// Copies an image into the store: an OCI layout folder, an OCI archive, a `docker save` archive or a plain
    /// root file system tar, each archive optionally compressed (gzip, zstd, xz, bzip2); which one is seen from
    /// its content. Every blob's digest and size is verified before it is visible; on failure or stop nothing
    /// of it stays. `name` overrides the name that the source carries; a plain tar without one is named
    /// after its file. An existing image of that name is replaced by the new one (its blobs stay until pruned).
    Result<Image> import(const std::filesystem::path& source, const std::optional<std::string>& name,
                         ProgressSink& progress, const StopToken& stop);

    /// Shows an image whose blobs are staged or stored, with its name, in one step; on failure nothing of it stays.
    /// unavailable: a blob that is not staged was removed meanwhile.
    Result<Image> publish(BlobStage& stage, const ImportedImage& image);

    /// By name ("redis" means "redis:latest"), by digest or by an unambiguous digest prefix of 6 digits or more.
    /// not_found names the images that exist.
    Result<Image> find(const std::string& name_or_digest) const;

    /// All named images, sorted by name. Those that cannot be read are left out and told in `damaged`, if given.
    Result<std::vector<Image>> list(std::vector<Error>* damaged = nullptr) const;

    /// Forgets a name, also of a damaged image. Blobs that no other image is known to use are deleted.
    Result<void> remove(const std::string& name_or_digest);

    /// Path of a blob that the store holds.
    std::filesystem::path blob_path(const Digest& digest) const;

    const std::filesystem::path& folder() const noexcept { return folder_; }

  private:
    explicit ImageStore(std::filesystem::path folder) : folder_(std::move(folder)) {}
    std::filesystem::path folder_;
};

} // namespace isolab
