// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files that are written once and used for a long time: caches. A power cut, a full disk or a careless hand leaves them
// empty, short or with holes, and nothing in them may tell.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// How a file was when it was complete: its size, and a hash over 32 pieces of 512 bytes that are spread evenly over
/// what it occupies. Looking again takes some tens of microseconds when the file is in the page cache. Whatever is
/// emptied, cut, grown, or has lost a thirtieth of its content in one place, is found; a single changed byte may not
/// be. No digest: it protects from accidents alone.
struct FileStamp {
    std::uint64_t size = 0;            ///< bytes
    std::vector<std::uint64_t> pieces; ///< where they begin, bytes
    std::string hash;
};

/// Looks at a complete file, opened for reading. Bytes before `begin` may change later. `shown` names it in errors.
Result<FileStamp> take_stamp(const UniqueFd& fd, const std::string& shown, std::uint64_t begin = 0);

/// What has become of the file since, "its size is 0 bytes, and was 4096"; empty when nothing has.
std::optional<std::string> find_damage(const UniqueFd& fd, const FileStamp& stamp);

Json to_json(const FileStamp& stamp);
Result<FileStamp> file_stamp_of(const Json& document, const std::string& subject);

/// Writes a file of a cache in one step and its stamp beside it, PATH.stamp; both survive a power cut. Only for content
/// that is the same whoever makes it, since two processes may do so at once.
Result<void> write_stamped_file(const std::filesystem::path& path, std::string_view content);

/// Whether a file that write_stamped_file() wrote is there as it was written. Any trouble is a no: it can be made
/// again.
bool is_stamped_file_whole(const std::filesystem::path& path);

} // namespace isolab
