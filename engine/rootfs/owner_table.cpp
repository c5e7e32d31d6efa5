// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/owner_table.h"

#include <array>
#include <charconv>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

constexpr std::uint64_t largest_table = 1U << 30U;
constexpr std::string_view heading = "isolab owners 1\n";

/// Takes a number and the blank behind it from the front of a record.
bool take_number(std::string_view& record, int base, std::uint32_t& value) {
    const auto parsed = std::from_chars(record.data(), record.data() + record.size(), value, base);
    const auto length = static_cast<std::size_t>(parsed.ptr - record.data());
    if (parsed.ec != std::errc{} || length >= record.size() || record[length] != ' ')
        return false;
    record.remove_prefix(length + 1);
    return true;
}

std::string octal(std::uint32_t value) {
    std::array<char, 16> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, 8);
    return {text.data(), end.ptr};
}

} // namespace

const FileOwner* OwnerTable::find(const std::string& path) const {
    const auto found = owners_.find(path);
    return found != owners_.end() ? &found->second : nullptr;
}

std::string OwnerTable::render() const {
    std::string text(heading);
    for (const auto& [path, owner] : owners_) {
        text += octal(owner.mode) + " " + std::to_string(owner.uid) + " " + std::to_string(owner.gid) + " " + path;
        text += '\0';
    }
    return text;
}

Result<OwnerTable> OwnerTable::parse(std::string_view text, const std::string& subject) {
    const auto malformed = [&] {
        return fail(ErrorKind::corrupt, "read owner table", subject, "it is malformed", "Unpack the layer again");
    };
    if (!text.starts_with(heading))
        return malformed();
    text.remove_prefix(heading.size());
    OwnerTable table;
    while (!text.empty()) {
        const std::size_t end = text.find('\0');
        std::string_view record = text.substr(0, end);
        FileOwner owner;
        if (end == std::string_view::npos || !take_number(record, 8, owner.mode) ||
            !take_number(record, 10, owner.uid) || !take_number(record, 10, owner.gid) || record.empty())
            return malformed();
        table.set(std::string(record), owner);
        text.remove_prefix(end + 1);
    }
    return table;
}

Result<OwnerTable> OwnerTable::read(const std::filesystem::path& layer) {
    const std::filesystem::path file = owner_table_file(layer);
    ISOLAB_ASSIGN(const std::string text, read_file(file, largest_table));
    return parse(text, file.string());
}

std::filesystem::path owner_table_file(const std::filesystem::path& layer) { return layer.string() + ".owners"; }

} // namespace isolab
