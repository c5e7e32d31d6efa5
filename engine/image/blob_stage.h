// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/work_folder.h"
#include "engine/image/byte_source.h"
#include "engine/image/image.h"

namespace isolab {

/// A blob that was written and hashed but is not visible in the store yet.
struct StagedBlob {
    Digest digest;
    std::uint64_t size = 0;
    std::filesystem::path file;
};

/// A blob that is being written piece by piece; see BlobStage::begin().
class BlobWriter {
  public:
    /// no_space when the disk is full.
    Result<void> write(std::string_view bytes);

  private:
    friend class BlobStage;
    BlobWriter(std::filesystem::path store, std::filesystem::path file, UniqueFd fd, Hasher hasher)
        : store_(std::move(store)), file_(std::move(file)), fd_(std::move(fd)), hasher_(std::move(hasher)) {}
    std::filesystem::path store_;
    std::filesystem::path file_;
    UniqueFd fd_;
    Hasher hasher_;
    std::uint64_t size_ = 0;
};

/// Receives blobs for one import beside the store's blobs (same file system) and moves them there in the end.
/// Whatever was not published disappears with the object. Not thread-safe.
class BlobStage {
  public:
    static Result<BlobStage> open(const std::filesystem::path& store);

    /// Writes a source to its end, computing its digest on the way. no_space when the disk is full.
    Result<StagedBlob> add(ByteSource& source, std::string_view algorithm = "sha256");

    /// The same with known content: corrupt when digest or size differ from what was promised.
    Result<void> add_verified(ByteSource& source, const Descriptor& promised);

    Result<StagedBlob> add_text(std::string_view content);

    /// For bytes that are pushed: write them to what begin() gave, then hand it to finish(). One that was not finished
    /// is no blob.
    Result<BlobWriter> begin(std::string_view algorithm = "sha256");
    Result<StagedBlob> finish(BlobWriter writer);

    /// Content of a small document that is staged or stored.
    Result<std::string> text(const Digest& digest) const;

    /// Renames the named staged blobs into FOLDER/blobs and tells which were not there before. Call with the store
    /// locked; a failure takes back what this call had moved. Blobs that are not staged must be in the store
    /// already, otherwise unavailable.
    Result<std::vector<Digest>> publish(const std::vector<Digest>& digests);

    /// Deletes blobs that publish() had just added.
    void take_back(const std::vector<Digest>& digests) const noexcept;

    const StagedBlob* find(const Digest& digest) const;

    /// True when the blob is staged, or stored with that size.
    bool has(const Descriptor& descriptor) const;

  private:
    BlobStage(std::filesystem::path store, WorkFolder work) : store_(std::move(store)), work_(std::move(work)) {}
    Result<bool> publish_one(const Digest& digest);
    std::filesystem::path store_;
    WorkFolder work_;
    std::map<Digest, StagedBlob> blobs_;
    unsigned count_ = 0;
};

/// FOLDER/blobs/ALGORITHM/HEX (image-layout.md).
std::filesystem::path blob_file(const std::filesystem::path& store, const Digest& digest);

/// Content of a stored manifest, index or configuration (4 MiB at most); corrupt when it does not match its digest.
Result<std::string> read_document(const std::filesystem::path& store, const Digest& digest);

} // namespace isolab
