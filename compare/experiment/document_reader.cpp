// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/experiment/document_reader.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/base/size.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

std::string quoted(const Json& value) {
    return plain_text(value.dump(-1, ' ', false, Json::error_handler_t::replace), longest_quote);
}

std::string item_key(const char* key, std::size_t index) { return fmt::format("{}[{}]", key, index); }

/// A whole number within bounds, however it came into the document.
std::optional<std::uint64_t> whole_within(const Json& value, std::uint64_t least, std::uint64_t most) {
    if (!value.is_number_integer() || (!value.is_number_unsigned() && value.get<std::int64_t>() < 0))
        return std::nullopt;
    const auto number = value.get<std::uint64_t>();
    return number >= least && number <= most ? std::optional(number) : std::nullopt;
}

bool is_id_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

} // namespace

tl::unexpected<Error> DocumentReader::wrong(const std::string& key, std::string cause) const {
    const std::string place = key.empty() ? path_ : path_ + "." + key;
    return fail(ErrorKind::corrupt, "read experiment", subject_, place + " " + std::move(cause),
                "docs/experiment.md describes the document");
}

tl::unexpected<Error> DocumentReader::wrong_word(const std::string& place, const Json& value,
                                                 const std::vector<std::string_view>& words) const {
    return wrong(place, fmt::format("is {}; possible are: {}", quoted(value), fmt::join(words, ", ")));
}

Result<void> DocumentReader::check(std::initializer_list<std::string_view> known) const {
    if (!object_.is_object())
        return wrong("", "must be an object, not " + quoted(object_));
    for (const auto& item : object_.items())
        if (std::ranges::find(known, item.key()) == known.end())
            return wrong(plain_text(item.key(), longest_quote),
                         fmt::format("is not known; possible are: {}", fmt::join(known, ", ")));
    return {};
}

Result<std::string> DocumentReader::text(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end())
        return wrong(key, "is missing");
    if (!found->is_string() || found->get_ref<const std::string&>().empty())
        return wrong(key, "must be a text, not " + quoted(*found));
    return found->get<std::string>();
}

Result<std::string> DocumentReader::text_or(const char* key, std::string fallback) const {
    return has(key) ? text(key) : Result<std::string>(std::move(fallback));
}

Result<std::string> DocumentReader::id(const char* key) const {
    ISOLAB_ASSIGN(std::string word, text(key));
    if (word.size() > 64 || !std::ranges::all_of(word, is_id_letter))
        return wrong(key, fmt::format("is \"{}\"; it must be of small letters, digits and dashes, 64 at most",
                                      plain_text(word, longest_quote)));
    return word;
}

Result<std::uint64_t> DocumentReader::whole(const char* key, std::uint64_t least, std::uint64_t most,
                                            std::uint64_t fallback) const {
    const auto found = object_.find(key);
    if (found == object_.end())
        return fallback;
    const auto number = whole_within(*found, least, most);
    if (!number)
        return wrong(key, fmt::format("is {}; possible are whole numbers from {} to {}", quoted(*found), least, most));
    return *number;
}

Result<double> DocumentReader::real(const char* key, double least, double most, double fallback) const {
    const auto found = object_.find(key);
    if (found == object_.end())
        return fallback;
    if (!found->is_number() || !(*found >= least && *found <= most))
        return wrong(key, fmt::format("is {}; possible are numbers from {} to {}", quoted(*found), least, most));
    return found->get<double>();
}

Result<std::chrono::nanoseconds> DocumentReader::seconds(const char* key, double least, double most,
                                                         double fallback) const {
    return real(key, least, most, fallback).map([](double value) {
        return std::chrono::nanoseconds(static_cast<std::int64_t>(std::llround(value * 1e9)));
    });
}

Result<std::size_t> DocumentReader::choice(const char* key, const std::vector<std::string_view>& words) const {
    const auto found = object_.find(key);
    if (found == object_.end())
        return 0;
    const auto word = found->is_string() ? std::ranges::find(words, found->get_ref<const std::string&>()) : words.end();
    if (word == words.end())
        return wrong_word(key, *found, words);
    return static_cast<std::size_t>(word - words.begin());
}

template <class T, class Read> Result<std::vector<T>> DocumentReader::list(const char* key, Read&& read) const {
    std::vector<T> values;
    const auto found = object_.find(key);
    if (found == object_.end())
        return values;
    if (!found->is_array() || found->empty())
        return wrong(key, "must be a list with at least one entry, not " + quoted(*found));
    for (std::size_t i = 0; i < found->size(); ++i) {
        ISOLAB_ASSIGN(T value, read(item_key(key, i), (*found)[i]));
        if (std::ranges::find(values, value) != values.end())
            return wrong(item_key(key, i), quoted((*found)[i]) + " stands there twice");
        values.push_back(std::move(value));
    }
    return values;
}

Result<std::vector<std::string>> DocumentReader::texts(const char* key, std::size_t least) const {
    if (least > 0 && !has(key))
        return wrong(key, "is missing");
    return list<std::string>(key, [&](const std::string& place, const Json& value) -> Result<std::string> {
        if (!value.is_string() || value.get_ref<const std::string&>().empty())
            return wrong(place, "must be a text, not " + quoted(value));
        return value.get<std::string>();
    });
}

Result<std::vector<std::uint64_t>> DocumentReader::wholes(const char* key, std::uint64_t least,
                                                          std::uint64_t most) const {
    return list<std::uint64_t>(key, [&](const std::string& place, const Json& value) -> Result<std::uint64_t> {
        const auto number = whole_within(value, least, most);
        if (!number)
            return wrong(place,
                         fmt::format("is {}; possible are whole numbers from {} to {}", quoted(value), least, most));
        return *number;
    });
}

Result<std::vector<std::size_t>> DocumentReader::choices(const char* key,
                                                         const std::vector<std::string_view>& words) const {
    return list<std::size_t>(key, [&](const std::string& place, const Json& value) -> Result<std::size_t> {
        const auto word =
            value.is_string() ? std::ranges::find(words, value.get_ref<const std::string&>()) : words.end();
        if (word == words.end())
            return wrong_word(place, value, words);
        return static_cast<std::size_t>(word - words.begin());
    });
}

Result<std::vector<std::uint64_t>> DocumentReader::sizes(const char* key) const {
    return list<std::uint64_t>(key, [&](const std::string& place, const Json& value) -> Result<std::uint64_t> {
        if (const auto bytes = whole_within(value, 1, UINT64_MAX))
            return *bytes;
        const auto size = value.is_string() ? parse_size(value.get_ref<const std::string&>())
                                            : Result<std::uint64_t>(wrong(place, ""));
        if (!size)
            return wrong(place, "is " + quoted(value) + "; sizes are written as \"256M\" or \"1G\"");
        return *size;
    });
}

Result<std::optional<DocumentReader>> DocumentReader::object(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end())
        return std::nullopt;
    if (!found->is_object())
        return wrong(key, "must be an object, not " + quoted(*found));
    return DocumentReader(*found, subject_, path_ + "." + key);
}

} // namespace isolab
