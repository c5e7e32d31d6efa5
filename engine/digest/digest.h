// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace isolab {

/// A content digest "sha256:HEX" or "sha512:HEX" (OCI image spec 1.1, descriptor.md). Always well-formed:
/// lower-case hexadecimal of the right length, so that it can be used as a file name.
class Digest {
  public:
    /// Parses strictly; an Error of kind corrupt for any other text (so "sha256:../../x" never becomes a path).
    static Result<Digest> parse(std::string_view text);
    /// SHA-256 of bytes in memory.
    static Digest of(std::string_view bytes);

    const std::string& text() const noexcept { return text_; } ///< "sha256:4f1c…"
    std::string algorithm() const;                             ///< "sha256"
    std::string hex() const;                                   ///< "4f1c…"
    std::string short_hex() const { return hex().substr(0, 12); }

    auto operator<=>(const Digest&) const = default;

  private:
    explicit Digest(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

} // namespace isolab
