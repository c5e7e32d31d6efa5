// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace isolab::test {

/// What a member's headers say beside its name.
struct TarAttributes {
    unsigned mode = 0644;
    std::uint64_t uid = 0;
    std::uint64_t gid = 0;
    std::int64_t modified = 1'700'000'000;
    std::map<std::string, std::string> pax; ///< extended header records, e.g. "SCHILY.xattr.user.a"
};

/// Writes tar archives byte by byte (POSIX.1-2001 pax interchange format), valid ones and ones that no honest tool
/// makes: any name goes into the header as it is given.
class TarBuilder {
  public:
    TarBuilder& file(const std::string& name, std::string_view content, const TarAttributes& attributes = {});
    TarBuilder& directory(const std::string& name, const TarAttributes& attributes = {0755, 0, 0, 1'700'000'000, {}});
    TarBuilder& symlink(const std::string& name, const std::string& target);
    TarBuilder& hardlink(const std::string& name, const std::string& target);
    TarBuilder& character_device(const std::string& name, unsigned major, unsigned minor);
    TarBuilder& fifo(const std::string& name);
    /// A member of any type letter, with content that may be missing (`size` may lie).
    TarBuilder& member(char type, const std::string& name, const std::string& link, std::string_view content,
                       std::uint64_t size, const TarAttributes& attributes, unsigned major = 0, unsigned minor = 0);
    TarBuilder& raw(std::string_view bytes);

    /// The archive with its two closing blocks.
    std::string finish() const;
    /// The archive as far as it was written.
    const std::string& unfinished() const noexcept { return bytes_; }

  private:
    void header(char type, const std::string& name, const std::string& link, std::uint64_t size,
                const TarAttributes& attributes, unsigned major, unsigned minor);
    void padded(std::string_view content);
    std::string bytes_;
};

} // namespace isolab::test
