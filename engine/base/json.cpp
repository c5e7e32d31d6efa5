// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/json.h"

#include <algorithm>

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

/// Sees a document pass without keeping it, and ends the pass where a limit is broken.
class LimitCheck final : public nlohmann::json_sax<Json> {
  public:
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool key(string_t&) override { return ++keys_.back() <= most_keys || refuse("an object has too many fields"); }
    bool start_object(std::size_t) override { return enter(); }
    bool start_array(std::size_t) override { return enter(); }
    bool end_object() override { return leave(); }
    bool end_array() override { return leave(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

    const char* trouble() const noexcept { return trouble_; } ///< null: no limit is broken

  private:
    bool enter() {
        keys_.push_back(0);
        return keys_.size() <= most_depth || refuse("it is nested too deeply");
    }
    bool leave() {
        keys_.pop_back();
        return true;
    }
    bool refuse(const char* trouble) {
        trouble_ = trouble;
        return false;
    }

    std::vector<std::size_t> keys_; ///< by open object or list
    const char* trouble_ = nullptr;
};

} // namespace

Result<Json> parse_json(std::string_view text, const std::string& subject) {
    LimitCheck limits;
    if (!Json::sax_parse(text, &limits) && limits.trouble() != nullptr)
        return fail(ErrorKind::corrupt, "parse", subject, limits.trouble());
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
