// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/spec_fields.h"

#include "engine/base/json.h"

namespace isolab::spec {
namespace {

std::string quoted(const char* key) { return std::string("\"") + key + "\""; }

} // namespace

tl::unexpected<Error> bad(const std::string& subject, const std::string& cause) {
    return fail(ErrorKind::corrupt, "read runtime specification", subject, cause);
}

tl::unexpected<Error> unsupported(const std::string& subject, const std::string& field) {
    return fail(ErrorKind::unsupported, "run", subject, field + " is not supported", "Remove it from config.json");
}

const Json& member(const Json& object, const char* key) {
    static const Json null;
    if (!object.is_object())
        return null;
    const auto field = object.find(key);
    return field == object.end() ? null : *field;
}

bool is_filled(const Json& value) { return !value.is_null() && !value.empty() && value != Json(false); }

Result<std::uint64_t> unsigned_of(const Json& object, const char* key, const std::string& subject, std::uint64_t most) {
    const Json& value = member(object, key);
    if (value.is_null())
        return 0;
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most)
        return bad(subject, quoted(key) + " is not a number from 0 to " + std::to_string(most));
    return value.get<std::uint64_t>();
}

Result<std::int64_t> signed_of(const Json& object, const char* key, const std::string& subject, std::int64_t least,
                               std::int64_t most) {
    const Json& value = member(object, key);
    if (value.is_null())
        return 0;
    const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(most);
    if (!value.is_number_integer() || too_large || value.get<std::int64_t>() < least ||
        value.get<std::int64_t>() > most)
        return bad(subject,
                   quoted(key) + " is not a number from " + std::to_string(least) + " to " + std::to_string(most));
    return value.get<std::int64_t>();
}

Result<std::uint32_t> id_of(const Json& object, const char* key, const std::string& subject) {
    ISOLAB_ASSIGN(const std::uint64_t value,
                  unsigned_of(object, key, subject, std::numeric_limits<std::uint32_t>::max()));
    return static_cast<std::uint32_t>(value);
}

Result<bool> flag_of(const Json& object, const char* key, const std::string& subject) {
    const Json& value = member(object, key);
    if (!value.is_null() && !value.is_boolean())
        return bad(subject, quoted(key) + " is neither true nor false");
    return value == Json(true);
}

Result<std::string> text_of(const Json& object, const char* key, const std::string& subject) {
    const Json& value = member(object, key);
    if (!value.is_null() && !value.is_string())
        return bad(subject, quoted(key) + " is not text");
    return value.is_null() ? std::string{} : value.get<std::string>();
}

Result<std::vector<std::string>> strings_of(const Json& object, const char* key, const std::string& subject) {
    return object.is_object() ? json_strings(object, key, subject) : std::vector<std::string>{};
}

Result<std::vector<std::uint32_t>> ids_of(const Json& object, const char* key, const std::string& subject) {
    std::vector<std::uint32_t> ids;
    ISOLAB_ASSIGN(const Json* list, list_of(object, key, subject));
    for (const Json& value : *list) {
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max())
            return bad(subject, quoted(key) + " must hold ids");
        ids.push_back(value.get<std::uint32_t>());
    }
    return ids;
}

Result<const Json*> list_of(const Json& object, const char* key, const std::string& subject) {
    static const Json nothing = Json::array();
    const Json& value = member(object, key);
    if (!value.is_null() && !value.is_array())
        return bad(subject, quoted(key) + " is not a list");
    return value.is_null() ? &nothing : &value;
}

Result<std::map<std::string, std::string>> texts_of(const Json& object, const char* what, const std::string& subject) {
    std::map<std::string, std::string> texts;
    for (const auto& [key, value] : object.items()) {
        if (!object.is_object() || !value.is_string())
            return bad(subject, std::string(what) + " \"" + key + "\" is not text");
        texts.emplace(key, value.get<std::string>());
    }
    return texts;
}

} // namespace isolab::spec
