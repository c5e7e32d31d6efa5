// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/size.h"

#include <array>
#include <cctype>
#include <charconv>

namespace isolab {
namespace {

struct Unit {
    std::string_view name;
    unsigned shift;
};
constexpr std::array units{Unit{"", 0},     Unit{"b", 0},  Unit{"k", 10},   Unit{"kib", 10}, Unit{"m", 20},
                           Unit{"mib", 20}, Unit{"g", 30}, Unit{"gib", 30}, Unit{"t", 40},   Unit{"tib", 40}};

tl::unexpected<Error> wrong_size(std::string_view text, const char* cause) {
    return fail(ErrorKind::invalid_argument, "read the size", "\"" + std::string(text) + "\"", cause,
                "Write a whole number with K, M, G or T, such as 256M or 1G");
}

} // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc::result_out_of_range)
        return wrong_size(text, "it is too large");
    if (error != std::errc{})
        return wrong_size(text, "it does not begin with a whole number");
    std::string unit(rest, end);
    for (char& letter : unit)
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    for (const Unit& known : units) {
        if (unit != known.name)
            continue;
        if (number > (UINT64_MAX >> known.shift))
            return wrong_size(text, "it is too large");
        return number << known.shift;
    }
    return wrong_size(text, "its unit is not known");
}

std::string size_text(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 5> letters{"", "K", "M", "G", "T"};
    std::size_t unit = 0;
    while (unit + 1 < letters.size() && bytes != 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        ++unit;
    }
    return std::to_string(bytes) + std::string(letters.at(unit));
}

std::string mebibytes_text(std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

} // namespace isolab
