// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/reference.h"

#include <algorithm>
#include <array>

namespace isolab {
namespace {

bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
bool is_separator(char c) noexcept { return c == '.' || c == '_' || c == '-'; }

/// Separators may stand only between letters or digits: one '.', one or two '_', any number of '-'.
bool is_separator_run(std::string_view run) noexcept {
    return run == "." || run == "_" || run == "__" || run.find_first_not_of('-') == std::string_view::npos;
}

bool is_path_component(std::string_view text) noexcept {
    std::size_t i = 0;
    while (i < text.size()) {
        const std::size_t begin = i;
        while (i < text.size() && is_separator(text[i]))
            ++i;
        if (i > begin && (begin == 0 || i == text.size() || !is_separator_run(text.substr(begin, i - begin))))
            return false;
        if (i < text.size() && !is_lower(text[i]) && !is_digit(text[i]))
            return false;
        ++i;
    }
    return !text.empty();
}

bool is_host(std::string_view text) noexcept {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    const std::string_view port = colon == std::string_view::npos ? "0" : text.substr(colon + 1);
    const auto is_name = [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; };
    return !name.empty() && (is_letter(name[0]) || is_digit(name[0])) && std::ranges::all_of(name, is_name) &&
           !port.empty() && port.size() <= 5 && std::ranges::all_of(port, is_digit);
}

bool is_tag(std::string_view text) noexcept {
    const auto is_rest = [](char c) { return is_letter(c) || is_digit(c) || is_separator(c); };
    return !text.empty() && text.size() <= 128 && text[0] != '.' && text[0] != '-' &&
           std::ranges::all_of(text, is_rest);
}

bool is_path(std::string_view text) noexcept {
    for (;;) {
        const std::size_t slash = text.find('/');
        if (!is_path_component(text.substr(0, slash)))
            return false;
        if (slash == std::string_view::npos)
            return true;
        text.remove_prefix(slash + 1);
    }
}

/// Length of "HOST[:PORT]/" at the beginning, 0 when the first component is part of the path.
std::size_t host_length(std::string_view text) noexcept {
    const std::size_t slash = text.find('/');
    const std::string_view first = text.substr(0, slash);
    const bool looks_like_host = first.find_first_of(".:") != std::string_view::npos || first == "localhost";
    return slash != std::string_view::npos && looks_like_host ? slash + 1 : 0;
}

tl::unexpected<Error> invalid(std::string_view text, const char* cause) {
    return fail(ErrorKind::invalid_argument, "use image name", "\"" + std::string(text) + "\"", cause,
                "A name looks like redis, redis:7 or registry.example:5000/team/app:1.0");
}

} // namespace

Result<std::string> normalise_image_name(std::string_view text) {
    if (text.find('@') != std::string_view::npos)
        return invalid(text, "it holds a digest; give the name or the digest, not both");
    std::string_view rest = text;
    for (const std::string_view shortened :
         std::array<std::string_view, 3>{"index.docker.io/", "docker.io/", "library/"})
        if (rest.starts_with(shortened) && (shortened != "library/" || rest.size() != text.size()))
            rest.remove_prefix(shortened.size());
    const std::size_t host = host_length(rest);
    const std::size_t colon = rest.find(':', host);
    const std::string_view path = rest.substr(host, colon == std::string_view::npos ? colon : colon - host);
    const std::string_view tag = colon == std::string_view::npos ? "latest" : rest.substr(colon + 1);
    if (host > 0 && !is_host(rest.substr(0, host - 1)))
        return invalid(text, "its registry host is malformed");
    if (path.size() > 255 || !is_path(path))
        return invalid(text, "only lower-case letters, digits and single separators . _ - / are allowed in it");
    if (!is_tag(tag))
        return invalid(text, "its tag is malformed");
    return std::string(rest.substr(0, host)) + std::string(path) + ":" + std::string(tag);
}

std::string image_name_of_file(std::string_view file_name) {
    std::string name;
    for (const char c : file_name.substr(0, file_name.find(".tar"))) {
        const bool kept = is_lower(c) || is_digit(c);
        if (kept || (c >= 'A' && c <= 'Z'))
            name += kept ? c : static_cast<char>(c - 'A' + 'a');
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    while (!name.empty() && name.back() == '-')
        name.pop_back();
    return (name.empty() ? "image" : name.substr(0, 200)) + ":latest";
}

} // namespace isolab
