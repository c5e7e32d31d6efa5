// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>
#include <time.h>

#include "engine/image/byte_source.h"

namespace isolab {

/// One member of a tar archive, as written there: nothing is normalised or trusted.
struct TarEntry {
    enum class Type { file, directory, symlink, hardlink, character_device, block_device, fifo, other };
    Type type = Type::other;
    std::string path;
    std::string link;       ///< target of a symlink or hardlink
    mode_t permissions = 0; ///< 07777 bits
    std::uint64_t uid = 0;
    std::uint64_t gid = 0;
    std::uint64_t size = 0;
    timespec modified{};
    dev_t device = 0;                                        ///< of device nodes
    std::vector<std::pair<std::string, std::string>> xattrs; ///< name and value
};

/// Reads a tar archive (ustar, PAX, GNU; sparse files; no other format) from uncompressed bytes, member by member,
/// in memory only: nothing is written anywhere. `source` must outlive it.
class TarReader {
  public:
    explicit TarReader(ByteSource& source);
    TarReader(const TarReader&) = delete;
    TarReader& operator=(const TarReader&) = delete;
    ~TarReader();

    /// The next member, or empty at the end of the archive. Unread data of the last one is skipped.
    /// corrupt: damaged or truncated; invalid_argument: not a tar archive at all (only from the first call).
    Result<std::optional<TarEntry>> next();

    /// A piece of the present member's content and where it belongs; gaps are holes. Empty at the end.
    struct Block {
        std::string_view bytes;
        std::uint64_t offset = 0;
    };
    Result<std::optional<Block>> next_block();

  private:
    struct Stream;
    std::unique_ptr<Stream> stream_;
};

/// The present member of a TarReader as a source of bytes. corrupt for a member with holes: no tool writes the files of
/// an image so, and a few bytes of archive could mean any number of zeros.
class TarMemberSource final : public ByteSource {
  public:
    TarMemberSource(TarReader& reader, const TarEntry& entry) : reader_(reader), entry_(entry) {}
    Result<std::string_view> next() override;
    const std::string& label() const noexcept override { return entry_.path; }

  private:
    TarReader& reader_;
    const TarEntry& entry_;
    std::uint64_t position_ = 0;
};

} // namespace isolab
