// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/digest/digest.h"

#include <algorithm>

#include "engine/digest/hasher.h"

namespace isolab {
namespace {

bool is_lower_hex(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

std::size_t hex_length(std::string_view algorithm) noexcept {
    if (algorithm == "sha256")
        return 64;
    return algorithm == "sha512" ? 128 : 0;
}

} // namespace

Result<Digest> Digest::parse(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::string_view hex = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    const std::size_t expected = hex_length(text.substr(0, colon));
    if (expected == 0 || hex.size() != expected || !std::ranges::all_of(hex, is_lower_hex))
        return fail(ErrorKind::corrupt, "read digest", "\"" + std::string(text.substr(0, 160)) + "\"",
                    "a digest is sha256: with 64 or sha512: with 128 lower-case hexadecimal digits");
    return Digest(std::string(text));
}

Digest Digest::of(std::string_view bytes) {
    Result<Hasher> hasher = Hasher::create("sha256");
    hasher->update(bytes);
    return hasher->finish();
}

std::string Digest::algorithm() const { return text_.substr(0, text_.find(':')); }

std::string Digest::hex() const { return text_.substr(text_.find(':') + 1); }

} // namespace isolab
