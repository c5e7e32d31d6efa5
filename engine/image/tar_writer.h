// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/image/tar_reader.h"

namespace isolab {

/// Writes a tar archive (POSIX.1-2001 pax interchange format) into a sink, member by member. The bytes depend on the
/// members alone. Extended attributes are records "SCHILY.xattr.NAME", as layers have them, names are written as they
/// are, whatever their encoding. Not thread-safe.
class TarWriter {
  public:
    explicit TarWriter(std::function<Result<void>(std::string_view)> sink);
    TarWriter(const TarWriter&) = delete;
    TarWriter& operator=(const TarWriter&) = delete;
    ~TarWriter();

    /// A part of a file that has data; between parts are holes.
    struct Extent {
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
    };

    /// Begins a member. A file of `entry.size` bytes is written by write() then, holes included; `extents` (ascending;
    /// empty: all of it is data) says which bytes need not be kept because they are zero.
    Result<void> begin(const TarEntry& entry, const std::vector<Extent>& extents = {});

    /// Content of the present member.
    Result<void> write(std::string_view bytes);

    /// Ends the archive. Call once.
    Result<void> finish();

  private:
    struct Stream;
    std::unique_ptr<Stream> stream_;
};

} // namespace isolab
