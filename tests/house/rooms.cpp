// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <fstream>
#include <sstream>

#include "tests/house/house_rules.h"
#include "tests/support/places.h"

namespace isolab::house {

namespace {

/// What every room links: our flags, and the header libraries of engine/base.
constexpr std::array common_links{"isolab::strict", "isolab::sanitized", "isolab::base", "nlohmann_json::*", "tl::*",
                                  "fmt::*",         "Threads::*"};
/// The guest's first process has the C library alone.
constexpr std::string_view bare_room = "virt/guest_init";

std::vector<std::string> cells_of(const std::string& row) {
    std::vector<std::string> cells;
    std::istringstream text(row.substr(1));
    for (std::string cell; std::getline(text, cell, '|');)
        cells.push_back(cell);
    return cells;
}

std::vector<std::string> names_in(const std::string& cell) {
    std::vector<std::string> names;
    std::istringstream text(cell);
    std::string between;
    for (std::string name; std::getline(text, between, '`') && std::getline(text, name, '`');)
        names.push_back(name);
    return names;
}

} // namespace

std::vector<Room> parse_rooms(std::string_view markdown) {
    constexpr std::size_t columns = 5;
    std::vector<Room> rooms;
    std::istringstream lines{std::string(markdown)};
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| `"))
            continue;
        const std::vector<std::string> cells = cells_of(line);
        if (cells.size() != columns)
            continue;
        Room room{names_in(cells[0]).front(), names_in(cells[2]), names_in(cells[3]), names_in(cells[4])};
        if (room.folder != bare_room)
            room.links.insert(room.links.end(), common_links.begin(), common_links.end());
        rooms.push_back(std::move(room));
    }
    return rooms;
}

const std::vector<Room>& rooms() {
    static const std::vector<Room> table = [] {
        std::ostringstream text;
        text << std::ifstream(test::source_file("docs/architecture.md")).rdbuf();
        return parse_rooms(text.str());
    }();
    return table;
}

} // namespace isolab::house
