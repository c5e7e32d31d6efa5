// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "engine/image/byte_source.h"

namespace isolab {

/// How a file is compressed; seen from its first bytes, never from its name or media type.
enum class Compression { none, gzip, zstd, xz, bzip2 };

/// Stable id, e.g. "gzip".
std::string_view compression_id(Compression compression) noexcept;

/// Judges by the first bytes of a file (six are enough; RFC 1952, RFC 8878, the xz and bzip2 formats).
Compression detect_compression(std::string_view first_bytes) noexcept;

/// Plain bytes of a source that may be compressed (libarchive's filters, which libarchive's readers of gzip, zstd, xz
/// and bzip2 provide). Truncated or damaged input is an Error of kind corrupt. `inner` must outlive it.
class Decompressor final : public ByteSource {
  public:
    explicit Decompressor(ByteSource& inner);
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;
    ~Decompressor() override;

    Result<std::string_view> next() override;
    const std::string& label() const noexcept override { return inner_.label(); }

    /// Known once next() has been called.
    Compression compression() const noexcept { return compression_; }

  private:
    struct Stream;
    Result<std::string_view> first();
    Result<std::string_view> unpacked();
    ByteSource& inner_;
    Compression compression_ = Compression::none;
    bool started_ = false;
    std::unique_ptr<Stream> stream_;
};

} // namespace isolab
