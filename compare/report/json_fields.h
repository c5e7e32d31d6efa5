// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/json.h"

namespace isolab {

/// Writing: absent optionals become null, times become whole nanoseconds.
template <class T> Json json_of(const std::optional<T>& value) { return value ? Json(*value) : Json(nullptr); }
inline Json json_of(const std::optional<Nanoseconds>& value) { return value ? Json(value->count()) : Json(nullptr); }

/// Reading inside one guarded call: at() and get() of the library throw, read_guarded() turns that into an Error of
/// kind corrupt which names `subject` and the field.
template <class T> T field(const Json& object, const char* key) { return object.at(key).get<T>(); }
template <class T> std::optional<T> optional_field(const Json& object, const char* key) {
    const Json& value = object.at(key);
    return value.is_null() ? std::nullopt : std::optional(value.get<T>());
}
/// A field that documents of earlier programs do not have.
template <class T> std::optional<T> added_field(const Json& object, const char* key) {
    return object.contains(key) ? optional_field<T>(object, key) : std::nullopt;
}
inline Nanoseconds time_field(const Json& object, const char* key) {
    return Nanoseconds(object.at(key).get<std::int64_t>());
}
inline std::optional<Nanoseconds> optional_time(const Json& object, const char* key) {
    const auto value = optional_field<std::int64_t>(object, key);
    return value ? std::optional(Nanoseconds(*value)) : std::nullopt;
}
/// Refuses the value of a field inside a guarded call.
[[noreturn]] inline void reject_field(const Json& object, const char* key) {
    throw Json::other_error::create(501, std::string("field \"") + key + "\" has an unknown value", &object);
}
template <class Read> auto list_field(const Json& object, const char* key, Read&& read) {
    if (!object.at(key).is_array())
        reject_field(object, key);
    std::vector<decltype(read(object))> list;
    for (const Json& item : object.at(key))
        list.push_back(read(item));
    return list;
}
template <class T, class Write> Json json_list(const std::vector<T>& list, Write&& write) {
    Json array = Json::array();
    for (const T& item : list)
        array.push_back(write(item));
    return array;
}

template <class Read> auto read_guarded(const std::string& subject, Read&& read) -> Result<decltype(read())> {
    try {
        return read();
    } catch (const nlohmann::json::exception& error) {
        return fail(ErrorKind::corrupt, "read comparison", subject, error.what());
    }
}

} // namespace isolab
