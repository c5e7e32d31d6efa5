// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/json.h"

#include <algorithm>
#include <array>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

tl::unexpected<Error> wrong(const std::string& subject, const char* key, const char* expected) {
    return fail(ErrorKind::corrupt, "read", subject, std::string("field \"") + key + "\" " + expected);
}

/// Keys of an object are found one after the other, so that an object with very many costs hours; and values nested
/// very deep exhaust the stack of whoever walks through them.
constexpr std::size_t most_keys = 1000;
constexpr std::size_t most_depth = 64;

std::size_t end_of_string(std::string_view text, std::size_t quote) {
    std::size_t at = quote + 1;
    while (at < text.size() && text[at] != '"')
        at += text[at] == '\\' ? 2U : 1U;
    return at;
}

/// Which limit a document breaks; null: none. Looks at its signs alone, so that it is not parsed twice: up to the
/// first mistake these mean to the parser what they mean here, and there the parser gives up.
const char* broken_limit(std::string_view text) {
    std::array<std::size_t, most_depth> keys{}; // by open object or list
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char sign = text[at];
        if (sign == '"') {
            at = end_of_string(text, at);
        } else if (sign == '{' || sign == '[') {
            if (depth == most_depth)
                return "it is nested too deeply";
            keys[depth++] = 0;
        } else if (depth > 0 && (sign == '}' || sign == ']')) {
            --depth;
        } else if (depth > 0 && sign == ':' && ++keys[depth - 1] > most_keys) {
            return "an object has too many fields";
        }
    }
    return nullptr;
}

} // namespace

SharedJson share(Json document) { return std::make_shared<const Json>(std::move(document)); }

Result<Json> parse_json(std::string_view text, const std::string& subject) {
    if (const char* trouble = broken_limit(text); trouble != nullptr)
        return fail(ErrorKind::corrupt, "parse", subject, trouble);
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        const std::string_view before = text.substr(0, std::min<std::size_t>(error.byte, text.size()));
        const auto line = 1 + std::ranges::count(before, '\n');
        const auto column = before.size() - (before.rfind('\n') + 1);
        return fail(ErrorKind::corrupt, "parse", subject,
                    "not valid JSON at line " + std::to_string(line) + ", column " + std::to_string(column));
    }
}

Result<Json> read_json_file(const std::filesystem::path& path, std::uint64_t limit) {
    ISOLAB_ASSIGN(const std::string text, read_file(path, limit));
    return parse_json(text, path.string());
}

Result<std::string> json_string(const Json& object, const char* key, const std::string& subject) {
    ISOLAB_ASSIGN(std::optional<std::string> value, json_optional_string(object, key, subject));
    if (!value)
        return wrong(subject, key, "is missing");
    return std::move(*value);
}

Result<std::optional<std::string>> json_optional_string(const Json& object, const char* key,
                                                        const std::string& subject) {
    if (!object.is_object())
        return fail(ErrorKind::corrupt, "read", subject, "it is not a JSON object");
    const auto field = object.find(key);
    if (field == object.end() || field->is_null())
        return std::optional<std::string>{};
    if (!field->is_string())
        return wrong(subject, key, "must be a string");
    return std::optional(field->get<std::string>());
}

Result<std::optional<std::uint64_t>> json_optional_unsigned(const Json& object, const char* key,
                                                            const std::string& subject) {
    if (!object.is_object())
        return fail(ErrorKind::corrupt, "read", subject, "it is not a JSON object");
    const auto field = object.find(key);
    if (field == object.end() || field->is_null())
        return std::optional<std::uint64_t>{};
    if (!field->is_number_unsigned())
        return wrong(subject, key, "must be a whole number of zero or more");
    return std::optional(field->get<std::uint64_t>());
}

Result<std::vector<std::string>> json_strings(const Json& object, const char* key, const std::string& subject) {
    if (!object.is_object())
        return fail(ErrorKind::corrupt, "read", subject, "it is not a JSON object");
    const auto field = object.find(key);
    if (field == object.end() || field->is_null())
        return std::vector<std::string>{};
    if (!field->is_array() || !std::ranges::all_of(*field, [](const Json& item) { return item.is_string(); }))
        return wrong(subject, key, "must be a list of strings");
    return field->get<std::vector<std::string>>();
}

} // namespace isolab
