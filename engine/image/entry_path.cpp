// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/entry_path.h"

#include <climits>

namespace isolab {
namespace {

constexpr std::string_view whiteout_prefix = ".wh.";
constexpr std::string_view reserved_prefix = ".wh..wh.";
constexpr std::string_view opaque_name = ".wh..wh..opq";

tl::unexpected<Error> refused(std::string_view name, const char* cause) {
    return fail(ErrorKind::corrupt, "unpack entry", "\"" + std::string(name.substr(0, 200)) + "\"", cause,
                "The layer is not safe to unpack; get the image from a trustworthy source");
}

Result<std::vector<std::string_view>> split(std::string_view name) {
    std::vector<std::string_view> components;
    std::string_view rest = name;
    while (!rest.empty()) {
        const std::size_t slash = rest.find('/');
        const std::string_view component = rest.substr(0, slash);
        if (component == "..")
            return refused(name, "its name contains \"..\"");
        if (component.size() > NAME_MAX)
            return refused(name, "a part of its name is longer than 255 bytes");
        if (!component.empty() && component != ".")
            components.push_back(component);
        rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    }
    return components;
}

Result<void> apply_whiteout(EntryPath& entry, std::string_view whole) {
    if (!entry.name.starts_with(whiteout_prefix))
        return {};
    if (entry.name == opaque_name) {
        entry.meaning = EntryMeaning::opaque;
        return {};
    }
    if (entry.name.starts_with(reserved_prefix)) {
        entry.meaning = EntryMeaning::ignored;
        return {};
    }
    entry.name.erase(0, whiteout_prefix.size());
    if (entry.name.empty() || entry.name == "." || entry.name == "..")
        return refused(whole, "it is a whiteout of no possible file");
    entry.meaning = EntryMeaning::whiteout;
    return {};
}

} // namespace

Result<EntryPath> parse_entry_path(std::string_view name) {
    if (name.find('\0') != std::string_view::npos)
        return refused(name, "its name contains a NUL byte");
    if (name.size() >= PATH_MAX)
        return refused(name, "its name is longer than 4095 bytes");
    ISOLAB_ASSIGN(const auto components, split(name));
    EntryPath entry;
    entry.depth = components.size();
    if (components.empty())
        return name.empty() ? refused(name, "it has no name") : Result<EntryPath>(std::move(entry));
    if (name.front() == '/')
        return refused(name, "its name is absolute");
    for (std::size_t i = 0; i + 1 < components.size(); ++i)
        entry.parent += (i > 0 ? "/" : "") + std::string(components[i]);
    entry.name = components.back();
    ISOLAB_TRY(apply_whiteout(entry, name));
    return entry;
}

} // namespace isolab
