// SPDX-License-Identifier: GPL-3.0-or-later
//
// JSON as text, for programs without libraries.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace isolab::probe {

/// A string of JSON. What is neither printable ASCII nor the end of a line becomes '?', which names seldom have.
inline std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '"' || c == '\\')
            out += '\\';
        out += c < ' ' || c > '~' ? '?' : c;
    }
    return out + '"';
}

inline std::string boolean(bool value) { return value ? "true" : "false"; }

/// A list of strings.
inline std::string list(const std::vector<std::string>& strings) {
    std::string out = "[";
    for (const std::string& one : strings)
        out += (out.size() > 1 ? "," : "") + quoted(one);
    return out + ']';
}

/// An object, member by member in the order in which they are added.
class Object {
  public:
    /// `json` is a value of JSON already.
    Object& add(std::string_view name, const std::string& json) {
        text_ += (text_.empty() ? "" : ",") + quoted(name) + ':' + json;
        return *this;
    }
    Object& add_text(std::string_view name, std::string_view value) { return add(name, quoted(value)); }
    std::string text() const { return '{' + text_ + '}'; }

  private:
    std::string text_;
};

} // namespace isolab::probe
