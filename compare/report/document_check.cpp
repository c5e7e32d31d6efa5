// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/document_check.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "engine/base/json.h"
#include "engine/base/text.h"
#include "engine/digest/digest.h"

namespace isolab {
namespace {

constexpr const char* seal_key = "sha256";

using Member = const Json::object_t::value_type*;

/// `left_out`: a key of the outermost object.
void write_canonical(const Json& json, std::string& text, std::string_view left_out = {}) {
    if (json.is_object()) {
        std::vector<Member> members;
        for (const auto& member : json.get_ref<const Json::object_t&>())
            if (left_out.empty() || member.first != left_out)
                members.push_back(&member);
        std::ranges::sort(members, {}, [](Member member) -> const std::string& { return member->first; });
        text += '{';
        for (const Member member : members) {
            text += (member == members.front() ? "" : ",") + Json(member->first).dump() + ":";
            write_canonical(member->second, text);
        }
        text += '}';
    } else if (json.is_array()) {
        text += '[';
        for (const Json& item : json) {
            text += &item == &json.front() ? "" : ",";
            write_canonical(item, text);
        }
        text += ']';
    } else {
        text += json.dump();
    }
}

/// "isolab.export" and 1 of "isolab.export/1"; 0: none.
std::pair<std::string_view, unsigned> schema_version(std::string_view schema) {
    const std::size_t slash = schema.rfind('/');
    if (slash == std::string_view::npos)
        return {schema, 0};
    unsigned number = 0;
    const char* end = schema.data() + schema.size();
    const auto [stop, error] = std::from_chars(schema.data() + slash + 1, end, number);
    return {schema.substr(0, slash), error == std::errc() && stop == end ? number : 0};
}

} // namespace

std::string content_sha256(const Json& document) {
    std::string text;
    write_canonical(document, text, seal_key);
    return Digest::of(text).hex();
}

Json sealed(Json document) {
    document.erase(seal_key);
    std::string hash = content_sha256(document);
    document[seal_key] = std::move(hash);
    return document;
}

Result<void> check_document(const Json& document, const char* schema, const std::string& subject) {
    ISOLAB_ASSIGN(const std::string found, json_string(document, "schema", subject));
    if (found != schema) {
        const auto [name, version] = schema_version(found);
        const auto [known_name, known_version] = schema_version(schema);
        if (name == known_name && version > known_version)
            return fail(ErrorKind::unsupported, "read result", subject,
                        "its schema is \"" + found + "\", this program knows up to \"" + schema + "\"",
                        "Use a newer Isolab");
        return fail(ErrorKind::corrupt, "read result", subject,
                    "its schema is \"" + plain_text(found, longest_quote) + "\", expected \"" + schema + "\"");
    }
    ISOLAB_ASSIGN(const auto hash, json_optional_string(document, seal_key, subject));
    if (hash && *hash != content_sha256(document))
        return fail(ErrorKind::corrupt, "read result", subject,
                    "the file was changed after it was written: its content does not have the SHA-256 that it names");
    return {};
}

} // namespace isolab
