// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "engine/base/error.h"
#include "engine/image/decompressor.h"

namespace isolab {

/// Compresses bytes that are pushed through it (gzip, zstd, or not at all), always in the same way: no time and no name
/// is kept in the result. Not thread-safe.
class Compressor {
  public:
    /// unsupported: any other compression, or a libarchive that was built without it.
    static Result<Compressor> create(Compression compression, std::function<Result<void>(std::string_view)> sink);

    Compressor(Compressor&&) noexcept;
    Compressor& operator=(Compressor&&) = delete;
    ~Compressor();

    Result<void> write(std::string_view bytes);

    /// Passes on what is left. Call once, at the end.
    Result<void> finish();

  private:
    struct Stream;
    explicit Compressor(std::unique_ptr<Stream> stream) noexcept;
    std::unique_ptr<Stream> stream_;
};

} // namespace isolab
