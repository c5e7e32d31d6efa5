// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/file_owner.h"

namespace isolab {

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

    const FileOwners& entries() const noexcept { return owners_; }

    /// The table beside an unpacked layer.
    static Result<OwnerTable> read(const std::filesystem::path& layer);

    std::string render() const;
    static Result<OwnerTable> parse(std::string_view text, const std::string& subject);

  private:
    FileOwners owners_;
};

/// Path of the table that belongs to a layer's directory: the same with ".owners" behind it.
std::filesystem::path owner_table_file(const std::filesystem::path& layer);

} // namespace isolab
