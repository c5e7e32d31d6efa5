// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/output_template.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "engine/base/json.h"

namespace isolab {
namespace {

constexpr std::string_view table_prefix = "table ";

std::string unescaped(std::string text) {
    for (const auto& [escape, meaning] : {std::pair("\\t", "\t"), std::pair("\\n", "\n")})
        for (auto at = text.find(escape); at != std::string::npos; at = text.find(escape, at + 1))
            text.replace(at, 2, meaning);
    return text;
}

/// Replaces each "{{.A.B}}" and "{{json .A}}" by that field of a document: what scripts use most of Go's templates.
Result<std::string> fill_template(const std::string& form, const Json& document) {
    std::string text;
    std::size_t at = 0;
    for (;;) {
        const auto begin = form.find("{{", at);
        text += form.substr(at, begin - at);
        if (begin == std::string::npos)
            return text;
        const auto end = form.find("}}", begin);
        std::string path = form.substr(begin + 2, end == std::string::npos ? end : end - begin - 2);
        std::erase(path, ' ');
        const bool as_json = path.starts_with("json");
        if (as_json)
            path.erase(0, 4);
        if (end == std::string::npos || !path.starts_with('.'))
            return fail(ErrorKind::invalid_argument, "use format", form, "a part of it is not understood",
                        "Fields are written as {{.State.Status}} or {{json .Config}}");
        const Json* field = &document;
        std::string name;
        for (std::size_t i = 1; i <= path.size(); ++i) {
            if (i < path.size() && path[i] != '.') {
                name += path[i];
                continue;
            }
            if (!name.empty() && (!field->is_object() || !field->contains(name)))
                return fail(ErrorKind::invalid_argument, "use format", form, "there is no field ." + name);
            if (!name.empty())
                field = &(*field)[std::exchange(name, {})];
        }
        text += field->is_string() && !as_json ? field->get<std::string>() : field->dump();
        at = end + 2;
    }
}

/// The heading of a table: the fields' last names, in capitals.
std::string heading_of(const std::string& form) {
    std::string heading;
    std::size_t at = 0;
    for (auto begin = form.find("{{"); begin != std::string::npos; begin = form.find("{{", at)) {
        heading += form.substr(at, begin - at);
        const auto end = std::min(form.find("}}", begin), form.size());
        const std::string path = form.substr(begin, end - begin);
        std::string name = path.substr(std::min(path.rfind('.'), path.size() - 1) + 1);
        std::ranges::transform(name, name.begin(), [](unsigned char one) { return std::toupper(one); });
        heading += name;
        at = std::min(end + 2, form.size());
    }
    return heading + form.substr(at);
}

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, '\t');)
        cells.push_back(cell);
    return cells;
}

} // namespace

Result<std::string> format_documents(const std::string& form, const std::vector<Json>& documents) {
    std::string text;
    if (form == "json") {
        for (const Json& document : documents)
            text += document.dump() + "\n";
        return text;
    }
    const bool table = form.starts_with(table_prefix);
    const std::string plain = unescaped(table ? form.substr(table_prefix.size()) : form);
    std::vector<std::vector<std::string>> rows{cells_of(heading_of(plain))};
    for (const Json& document : documents) {
        ISOLAB_ASSIGN(const std::string line, fill_template(plain, document));
        text += line + "\n";
        rows.push_back(cells_of(line));
    }
    return table ? align_columns(rows) : text;
}

std::string align_columns(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows)
        widths.resize(std::max(widths.size(), row.size()));
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += fmt::format("{:<{}}   ", row[i], widths[i]);
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

} // namespace isolab
