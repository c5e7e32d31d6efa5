// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/blob_stage.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace isolab {
namespace {

constexpr std::uint64_t largest_document = 4U << 20U;

class TextSource final : public ByteSource {
  public:
    explicit TextSource(std::string_view text) : text_(text) {}
    Result<std::string_view> next() override { return std::exchange(text_, {}); }
    const std::string& label() const noexcept override { return label_; }

  private:
    std::string_view text_;
    std::string label_ = "generated document";
};

} // namespace

std::filesystem::path blob_file(const std::filesystem::path& store, const Digest& digest) {
    return store / "blobs" / digest.algorithm() / digest.hex();
}

Result<std::string> read_document(const std::filesystem::path& store, const Digest& digest) {
    const std::filesystem::path file = blob_file(store, digest);
    ISOLAB_ASSIGN(std::string content, read_file(file, largest_document));
    ISOLAB_ASSIGN(Hasher hasher, Hasher::create(digest.algorithm()));
    hasher.update(content);
    if (hasher.finish() != digest)
        return fail(ErrorKind::corrupt, "read", file.string(), "its content does not match its digest",
                    "Remove the image and import it again");
    return content;
}

Result<BlobStage> BlobStage::open(const std::filesystem::path& store) {
    ISOLAB_ASSIGN(WorkFolder work, WorkFolder::create(store));
    return BlobStage(store, std::move(work));
}

Result<void> BlobWriter::write(std::string_view bytes) {
    hasher_.update(bytes);
    size_ += bytes.size();
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd_.get(), bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR) {
            Error error = system_error(errno, "write a blob in", store_.string());
            if (error.kind == ErrorKind::no_space)
                error.remedy = "Free space there or use another data folder";
            return fail(std::move(error));
        }
        if (count > 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Result<BlobWriter> BlobStage::begin(std::string_view algorithm) {
    ISOLAB_ASSIGN(Hasher hasher, Hasher::create(algorithm));
    std::filesystem::path file = work_.path() / std::to_string(count_++);
    UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd)
        return fail_errno(errno, "write a blob in", store_.string());
    return BlobWriter(store_, std::move(file), std::move(fd), std::move(hasher));
}

Result<StagedBlob> BlobStage::finish(BlobWriter writer) {
    StagedBlob blob{writer.hasher_.finish(), writer.size_, writer.file_};
    if (!blobs_.emplace(blob.digest, blob).second)
        ::unlink(blob.file.c_str());
    return blobs_.at(blob.digest);
}

Result<StagedBlob> BlobStage::add(ByteSource& source, std::string_view algorithm) {
    ISOLAB_ASSIGN(BlobWriter writer, begin(algorithm));
    for (;;) {
        ISOLAB_ASSIGN(const std::string_view piece, source.next());
        if (piece.empty())
            return finish(std::move(writer));
        ISOLAB_TRY(writer.write(piece));
    }
}

Result<void> BlobStage::add_verified(ByteSource& source, const Descriptor& promised) {
    std::uint64_t size = 0;
    TapSource bounded(source, [&](std::string_view piece) -> Result<void> {
        size += piece.size();
        if (size > promised.size)
            return fail(ErrorKind::corrupt, "read", source.label(),
                        "it is larger than the promised " + std::to_string(promised.size) + " bytes");
        return {};
    });
    ISOLAB_ASSIGN(const StagedBlob blob, add(bounded, promised.digest.algorithm()));
    if (blob.size != promised.size)
        return fail(ErrorKind::corrupt, "read", source.label(),
                    "it has " + std::to_string(blob.size) + " bytes, promised were " + std::to_string(promised.size));
    if (blob.digest != promised.digest)
        return fail(ErrorKind::corrupt, "read", source.label(),
                    "its content has the digest " + blob.digest.text() + ", promised was " + promised.digest.text());
    return {};
}

Result<StagedBlob> BlobStage::add_text(std::string_view content) {
    TextSource source(content);
    return add(source);
}

const StagedBlob* BlobStage::find(const Digest& digest) const {
    const auto found = blobs_.find(digest);
    return found != blobs_.end() ? &found->second : nullptr;
}

bool BlobStage::has(const Descriptor& descriptor) const {
    if (const StagedBlob* const staged = find(descriptor.digest))
        return staged->size == descriptor.size;
    std::error_code error;
    return std::filesystem::file_size(blob_file(store_, descriptor.digest), error) == descriptor.size && !error;
}

Result<std::string> BlobStage::text(const Digest& digest) const {
    if (const StagedBlob* const staged = find(digest))
        return read_file(staged->file, largest_document);
    return read_document(store_, digest);
}

Result<bool> BlobStage::publish_one(const Digest& digest) {
    const std::filesystem::path place = blob_file(store_, digest);
    const StagedBlob* const staged = find(digest);
    if (staged == nullptr) {
        if (::access(place.c_str(), F_OK) == 0)
            return false;
        return fail(ErrorKind::unavailable, "store blob", digest.text(), "it was removed from the store meanwhile",
                    "Import the image again");
    }
    const bool fresh = ::access(place.c_str(), F_OK) != 0;
    ISOLAB_TRY(make_directories(place.parent_path()));
    if (::rename(staged->file.c_str(), place.c_str()) != 0)
        return fail_errno(errno, "store blob", place.string());
    blobs_.erase(digest);
    return fresh;
}

Result<std::vector<Digest>> BlobStage::publish(const std::vector<Digest>& digests) {
    std::vector<Digest> fresh;
    ISOLAB_TRY(sync_file_system(work_.path()));
    for (const Digest& digest : digests) {
        Result<bool> published = publish_one(digest);
        if (!published) {
            take_back(fresh);
            return fail(std::move(published).error());
        }
        if (*published)
            fresh.push_back(digest);
    }
    return fresh;
}

void BlobStage::take_back(const std::vector<Digest>& digests) const noexcept {
    for (const Digest& digest : digests)
        ::unlink(blob_file(store_, digest).c_str());
}

} // namespace isolab
