// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/decompressor.h"

#include <array>

#include "engine/image/archive_handle.h"

namespace isolab {
namespace {

using namespace std::string_view_literals;

struct Signature {
    Compression compression;
    std::string_view id;
    std::string_view bytes;
};
constexpr std::array signatures{
    Signature{Compression::none, "none", ""sv},
    Signature{Compression::gzip, "gzip", "\x1f\x8b\x08"sv},
    Signature{Compression::zstd, "zstd", "\x28\xb5\x2f\xfd"sv},
    Signature{Compression::xz, "xz", "\xfd\x37zXZ\0"sv},
    Signature{Compression::bzip2, "bzip2", "BZh"sv},
};

} // namespace

struct Decompressor::Stream {
    explicit Stream(ByteSource& source, std::string_view ahead) : feed{source, ahead, {}}, handle(archive_read_new()) {}
    ArchiveFeed feed;
    ArchiveHandle handle;
};

std::string_view compression_id(Compression compression) noexcept {
    return signatures[static_cast<std::size_t>(compression)].id;
}

Compression detect_compression(std::string_view first_bytes) noexcept {
    for (const Signature& signature : signatures)
        if (!signature.bytes.empty() && first_bytes.starts_with(signature.bytes))
            return signature.compression;
    return Compression::none;
}

Decompressor::Decompressor(ByteSource& inner) : inner_(inner) {}
Decompressor::~Decompressor() = default;

Result<std::string_view> Decompressor::next() {
    if (!started_)
        return first();
    return compression_ == Compression::none ? inner_.next() : unpacked();
}

Result<std::string_view> Decompressor::first() {
    ISOLAB_ASSIGN(const std::string_view piece, inner_.next());
    started_ = true;
    compression_ = detect_compression(piece);
    if (compression_ == Compression::none)
        return piece;
    stream_ = std::make_unique<Stream>(inner_, piece);
    archive* const handle = stream_->handle.get();
    archive_read_support_filter_gzip(handle);
    archive_read_support_filter_zstd(handle);
    archive_read_support_filter_xz(handle);
    archive_read_support_filter_bzip2(handle);
    archive_read_support_format_raw(handle);
    archive_entry* entry = nullptr;
    if (archive_read_open(handle, &stream_->feed, nullptr, ArchiveFeed::read, nullptr) != ARCHIVE_OK ||
        archive_read_next_header(handle, &entry) != ARCHIVE_OK)
        return fail(stream_->feed.error(handle, "decompress"));
    return unpacked();
}

Result<std::string_view> Decompressor::unpacked() {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    for (;;) {
        const int status = archive_read_data_block(stream_->handle.get(), &data, &size, &offset);
        if (status == ARCHIVE_EOF)
            return std::string_view{};
        if (status != ARCHIVE_OK)
            return fail(stream_->feed.error(stream_->handle.get(), "decompress"));
        if (size > 0)
            return std::string_view(static_cast<const char*>(data), size);
    }
}

} // namespace isolab
