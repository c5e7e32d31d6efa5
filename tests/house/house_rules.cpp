// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/house/house_rules.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <set>

namespace isolab::house {

namespace {

/// Headers of libraries, recognised by how their names begin. What is not named here is the C or C++ standard
/// library or the kernel, which every room may use.
constexpr std::string_view known_libraries[] = {
    "Q",        "qcustomplot", "libvirt/",  "seccomp", "SQLiteCpp/", "sqlite3", "CLI/",      "archive",
    "openssl/", "fmt/",        "nlohmann/", "tl/",     "curl/",      "libmnl/", "nftables/", "boost/",
};

/// Every room but the guest's init may use these.
constexpr std::string_view common_libraries[] = {"fmt/", "nlohmann/", "tl/"};

bool starts_with_any(std::string_view text, const std::vector<std::string>& prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(), [&](auto prefix) { return text.starts_with(prefix); });
}

bool is_below(std::string_view path, std::string_view folder) {
    return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}

const Room* room_of(std::string_view path, const std::vector<Room>& table = rooms()) {
    const Room* found = nullptr;
    for (const Room& room : table) {
        if ((path == room.folder || is_below(path, room.folder)) &&
            (found == nullptr || room.folder.size() > found->folder.size()))
            found = &room;
    }
    return found;
}

std::string at(std::string_view path, std::size_t line) {
    return std::string(path) + ":" + std::to_string(line) + ": ";
}

/// Ours when it names a folder of the repository.
bool is_own_header(std::string_view header) {
    return starts_with_any(header, {"engine/", "virt/", "compare/", "cli/", "gui/", "tests/", "resources/"});
}

bool may_include(const Room& room, std::string_view header) {
    if (is_own_header(header))
        return room_of(header) == &room || starts_with_any(header, room.includes);
    const auto begins = [&](std::string_view prefix) { return header.starts_with(prefix); };
    if (std::none_of(std::begin(known_libraries), std::end(known_libraries), begins))
        return true;
    const bool guest = room.folder == "virt/guest_init";
    return (!guest && std::any_of(std::begin(common_libraries), std::end(common_libraries), begins)) ||
           starts_with_any(header, room.libraries);
}

bool may_link(const Room& room, std::string_view target) {
    return std::any_of(room.links.begin(), room.links.end(), [&](std::string_view allowed) {
        return allowed.ends_with('*') ? target.starts_with(allowed.substr(0, allowed.size() - 1)) : target == allowed;
    });
}

/// The header of an #include line; quoted names without a folder stay as they are.
std::optional<std::string> included_header(const std::string& line) {
    static const std::regex include(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
    std::smatch match;
    return std::regex_search(line, match, include) ? std::optional(match[1].str()) : std::nullopt;
}

std::size_t line_of(const std::string& text, std::ptrdiff_t position) {
    return static_cast<std::size_t>(std::count(text.begin(), text.begin() + position, '\n')) + 1;
}

std::vector<std::string> split_lines(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

} // namespace

namespace {

/// The rooms that one may use, without itself.
std::vector<const Room*> used_rooms(const Room& room, const std::vector<Room>& table) {
    std::vector<const Room*> used;
    for (const std::string& name : room.includes) {
        if (!name.ends_with('/')) {
            used.push_back(room_of(name, table));
            continue;
        }
        const std::string_view folder(name.data(), name.size() - 1);
        for (const Room& other : table)
            if (other.folder == folder || is_below(other.folder, folder))
                used.push_back(&other);
    }
    std::erase_if(used, [&](const Room* one) { return one == nullptr || one == &room; });
    return used;
}

void follow(const Room& room, const std::vector<Room>& table, std::vector<const Room*>& path,
            std::set<const Room*>& finished, Violations& found) {
    const auto begin = std::find(path.begin(), path.end(), &room);
    if (begin != path.end()) {
        std::string circle;
        for (auto it = begin; it != path.end(); ++it)
            circle += (*it)->folder + " -> ";
        found.push_back(circle + room.folder);
        return;
    }
    if (finished.contains(&room))
        return;
    path.push_back(&room);
    for (const Room* other : used_rooms(room, table))
        follow(*other, table, path, finished, found);
    path.pop_back();
    finished.insert(&room);
}

} // namespace

Violations find_cycles(const std::vector<Room>& table) {
    Violations found;
    std::set<const Room*> finished;
    std::vector<const Room*> path;
    for (const Room& room : table)
        follow(room, table, path, finished, found);
    return found;
}

Violations check_source(std::string_view path, std::string_view text) {
    Violations found;
    const Room* room = room_of(path);
    if (room == nullptr)
        return {at(path, 1) + "lies in no room of the house; add its folder to docs/architecture.md"};
    const std::vector<std::string> lines = split_lines(text);
    if (lines.empty() || lines[0] != "// SPDX-License-Identifier: GPL-3.0-or-later")
        found.push_back(at(path, 1) + "does not begin with the SPDX line");
    if (path.ends_with(".h") && std::find(lines.begin(), lines.end(), "#pragma once") == lines.end())
        found.push_back(at(path, 1) + "has no #pragma once");
    if (lines.size() > max_lines)
        found.push_back(at(path, lines.size()) + "is longer than " + std::to_string(max_lines) + " lines");
    static const std::regex by_locale(R"(\b(strto(d|f|ld)|sto(d|f|ld)|atof)\s*\((?!3\)))"); // not the manual's page;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!starts_with_any(path, {"tests/", "resources/"}) && std::regex_search(lines[i], by_locale))
            found.push_back(at(path, i + 1) + "reads a number by the locale; leading_number() does not");
        const auto header = included_header(lines[i]);
        if (header && header->starts_with(".."))
            found.push_back(at(path, i + 1) + "includes " + *header + "; paths begin at the repository root");
        else if (header && !may_include(*room, *header))
            found.push_back(at(path, i + 1) + "includes " + *header + ", which " + room->folder + " may not use");
    }
    return found;
}

Violations check_test(std::string_view path, std::string_view text) {
    static const std::regex waits(R"(\bQTRY_\w+\()");
    static const std::regex macro(R"(#\s*define\s+(\w+)\(([^)]*)\)((?:[^\n]*\\\n)*[^\n]*))");
    static const std::regex name(R"(\w+)");
    Violations found;
    if (path == "tests/support/verify.h" || path.starts_with("tests/house/"))
        return found;
    const std::string code(text);
    if (std::smatch match; std::regex_search(code, match, waits))
        found.push_back(at(path, line_of(code, match.position())) +
                        "waits with QTRY_; VERIFY_SOON and COMPARE_SOON wait " +
                        "for as long as a busy machine may need");
    for (std::sregex_iterator it(code.begin(), code.end(), macro), end; it != end; ++it) {
        const std::string parameters = (*it)[2].str();
        const std::string body = (*it)[3].str();
        if (body.find("QVERIFY") == std::string::npos && body.find("QCOMPARE") == std::string::npos)
            continue;
        for (std::sregex_iterator word(parameters.begin(), parameters.end(), name); word != end; ++word) {
            const std::regex use("\\b" + word->str() + "\\b");
            if (std::distance(std::sregex_iterator(body.begin(), body.end(), use), std::sregex_iterator()) > 1)
                found.push_back(at(path, line_of(code, it->position())) + "macro " + (*it)[1].str() + " evaluates " +
                                word->str() + " more than once");
        }
    }
    return found;
}

Violations check_links(std::string_view path, std::string_view text) {
    static const std::regex call(
        R"((?:target_link_libraries|isolab_room)\s*\(([^)]*)\)|\bLINK\s+((?:[\w:$\{\}]+\s*)+))");
    static const std::regex word(R"([^\s"]+)");
    static const std::regex comment(R"(#[^\n]*)");
    Violations found;
    const Room* room = room_of(path);
    if (room == nullptr)
        return found;
    if (!text.starts_with("# SPDX-License-Identifier: GPL-3.0-or-later\n"))
        found.push_back(at(path, 1) + "does not begin with the SPDX line");
    const std::string code = std::regex_replace(std::string(text), comment, "");
    static const std::regex neighbour(R"(\.\./\S+\.cpp\b)");
    if (std::smatch match; std::regex_search(code, match, neighbour))
        found.push_back(std::string(path) + ": compiles " + match.str() + " of a neighbour");
    for (std::sregex_iterator it(code.begin(), code.end(), call), end; it != end; ++it) {
        const std::string arguments = (*it)[1].matched ? (*it)[1].str() : (*it)[2].str();
        for (std::sregex_iterator name(arguments.begin(), arguments.end(), word); name != end; ++name) {
            const std::string target = name->str();
            if (target.find("::") != std::string::npos && !may_link(*room, target))
                found.push_back(std::string(path) + ": links " + target + ", which " + room->folder + " may not use");
        }
    }
    return found;
}

} // namespace isolab::house
