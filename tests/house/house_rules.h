// SPDX-License-Identifier: GPL-3.0-or-later
//
// The house rules: which folder may include and link what, as the table in docs/architecture.md says. Pure functions
// over text, so that the test can prove on invented files that a broken rule is found.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace isolab::house {

/// One room. The longest matching `folder` decides for a file, so "engine/base" comes before "engine".
struct Room {
    std::string folder;                 ///< from the repository root, "virt/guest_init"; or a file of its own
    std::vector<std::string> includes;  ///< our headers it may include: path prefixes ("engine/base/") or files
    std::vector<std::string> libraries; ///< foreign headers it may include besides those all may: name prefixes
    std::vector<std::string> links;     ///< targets it may link: names, or prefixes ending in '*'
};

/// A broken rule, as a person should read it: "virt/x.cpp:12: includes gui/y.h, ...".
using Violations = std::vector<std::string>;

/// The rooms that a table in Markdown lists: five columns (room, what it is for, uses, libraries, links), names between
/// backquotes.
std::vector<Room> parse_rooms(std::string_view markdown);

/// All rooms, as docs/architecture.md has them.
const std::vector<Room>& rooms();

/// Each circle of rooms that use each other, as "a -> b -> a"; empty when they have an order.
Violations find_cycles(const std::vector<Room>& rooms);

/// Checks one C++ file: the rooms' include rules, the SPDX line first, `#pragma once` in headers, at most
/// `max_lines` lines, no number read by the locale. `path` is relative to the repository root.
Violations check_source(std::string_view path, std::string_view text);

/// Checks a C++ file of the tests: waiting has one patience (QTRY_ macros have 5 s), and a macro around a check of
/// QtTest evaluates each of its parameters once, as QVERIFY2 evaluates its message even on success.
Violations check_test(std::string_view path, std::string_view text);

/// Checks one CMakeLists.txt: the SPDX line first, what its libraries link against its room, and that it compiles no
/// source of a neighbour.
Violations check_links(std::string_view path, std::string_view text);

inline constexpr std::size_t max_lines = 500;

} // namespace isolab::house
