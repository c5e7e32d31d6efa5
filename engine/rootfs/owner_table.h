// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace isolab {

/// What a file belongs to in the image when the file on disk cannot say so.
struct FileOwner {
    std::uint32_t mode = 0; ///< st_mode: type and 07777 bits
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

/// Owners and modes of a layer that was unpacked without privilege, by path relative to the layer's directory ("." is
/// the directory itself). On disk everything belongs to the caller, directories are at least 0700 and files 0400.
///
/// File format, "isolab owners 1\n" followed by one record per path, sorted by path:
/// "MODE UID GID PATH" and a NUL byte, MODE in octal, the ids in decimal. Kept beside the layer, see
/// owner_table_file().
class OwnerTable {
  public:
    void set(const std::string& path, const FileOwner& owner) { owners_[path] = owner; }
    void erase(const std::string& path) { owners_.erase(path); }

    /// Null when nothing is known about the path.
    const FileOwner* find(const std::string& path) const;

    /// Adds another table; its entries win.
    void merge(const OwnerTable& upper);

    const std::map<std::string, FileOwner>& entries() const noexcept { return owners_; }

    std::string render() const;
    static Result<OwnerTable> parse(std::string_view text, const std::string& subject);

  private:
    std::map<std::string, FileOwner> owners_;
};

/// Path of the table that belongs to a layer's directory: the same with ".owners" behind it.
std::filesystem::path owner_table_file(const std::filesystem::path& layer);

} // namespace isolab
