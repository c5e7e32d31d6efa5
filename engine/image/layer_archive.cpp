// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/layer_archive.h"

#include "engine/image/compressor.h"

namespace isolab {

struct LayerArchive::Stream {
    Stream(BlobStage& given, Compression kind, BlobWriter writer, Hasher hasher)
        : stage(given), compression(kind), blob(std::move(writer)), plain(std::move(hasher)) {}

    BlobStage& stage;
    Compression compression;
    BlobWriter blob;
    Hasher plain; ///< over the uncompressed archive
    std::optional<Compressor> compressor;
    std::optional<TarWriter> tar;
};

LayerArchive::LayerArchive(std::unique_ptr<Stream> stream) noexcept : stream_(std::move(stream)) {}
LayerArchive::LayerArchive(LayerArchive&&) noexcept = default;
LayerArchive::~LayerArchive() = default;

Result<LayerArchive> LayerArchive::create(BlobStage& stage, Compression compression) {
    ISOLAB_ASSIGN(BlobWriter blob, stage.begin());
    ISOLAB_ASSIGN(Hasher plain, Hasher::create());
    auto stream = std::make_unique<Stream>(stage, compression, std::move(blob), std::move(plain));
    Stream* const parts = stream.get(); // stays in its place when the archive is moved
    ISOLAB_ASSIGN(Compressor compressor, Compressor::create(compression, [parts](std::string_view bytes) {
                      return parts->blob.write(bytes);
                  }));
    parts->compressor.emplace(std::move(compressor));
    parts->tar.emplace([parts](std::string_view bytes) {
        parts->plain.update(bytes);
        return parts->compressor->write(bytes);
    });
    return LayerArchive(std::move(stream));
}

TarWriter& LayerArchive::tar() { return *stream_->tar; }

Result<void> LayerArchive::add_whiteout(const std::string& path) {
    const std::size_t name = path.rfind('/') + 1; // 0 without a slash
    TarEntry entry;
    entry.type = TarEntry::Type::file;
    entry.path = path.substr(0, name) + ".wh." + path.substr(name);
    return stream_->tar->begin(entry);
}

Result<void> LayerArchive::add_opaque(const std::string& path) {
    TarEntry entry;
    entry.type = TarEntry::Type::file;
    entry.path = path + "/.wh..wh..opq";
    return stream_->tar->begin(entry);
}

Result<NewLayer> LayerArchive::finish() {
    ISOLAB_TRY(stream_->tar->finish());
    ISOLAB_TRY(stream_->compressor->finish());
    Digest diff_id = stream_->plain.finish();
    ISOLAB_ASSIGN(StagedBlob blob, stream_->stage.finish(std::move(stream_->blob)));
    return NewLayer{std::move(blob), std::move(diff_id), stream_->compression};
}

} // namespace isolab
