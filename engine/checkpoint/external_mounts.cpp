// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/checkpoint/external_mounts.h"

#include <sstream>

namespace isolab {
namespace {

/// "\040" and the like.
std::string unescape(const std::string& text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto digit = [&](std::size_t place) {
            return at + place < text.size() && text[at + place] >= '0' && text[at + place] <= '7'
                       ? text[at + place] - '0'
                       : -1;
        };
        if (text[at] == '\\' && digit(1) >= 0 && digit(2) >= 0 && digit(3) >= 0) {
            plain += static_cast<char>(digit(1) * 64 + digit(2) * 8 + digit(3));
            at += 3;
        } else {
            plain += text[at];
        }
    }
    return plain;
}

bool lies_in(const std::string& path, const std::string& folder) {
    return folder == "/" || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

std::string joined(const std::string& folder, const std::string& rest) {
    if (rest.empty())
        return folder;
    return (folder == "/" ? "" : folder) + (rest.starts_with("/") ? rest : "/" + rest);
}

/// The mount that shows the most of it closest to its own root.
const MountEntry* shown_by(const std::vector<MountEntry>& host, const MountEntry& mount) {
    const MountEntry* best = nullptr;
    for (const MountEntry& entry : host)
        if (entry.device == mount.device && lies_in(mount.root, entry.root) &&
            (best == nullptr || entry.root.size() > best->root.size()))
            best = &entry;
    return best;
}

} // namespace

std::vector<MountEntry> parse_mountinfo(std::string_view text) {
    std::vector<MountEntry> entries;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        MountEntry entry;
        std::string parent;
        std::string word;
        if (!(fields >> entry.id >> parent >> entry.device >> entry.root >> entry.target))
            continue;
        while (fields >> word && word != "-") {
        }
        if (!(fields >> entry.type))
            continue;
        entry.root = unescape(entry.root);
        entry.target = unescape(entry.target);
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::vector<ExternalMount> external_mounts(const std::vector<MountEntry>& container,
                                           const std::vector<MountEntry>& host) {
    std::vector<ExternalMount> found;
    for (const MountEntry& mount : container) {
        if (mount.target == "/")
            continue;
        const MountEntry* shown = shown_by(host, mount);
        if (shown == nullptr)
            continue;
        const std::string rest = shown->root == "/" ? mount.root.substr(1) : mount.root.substr(shown->root.size());
        found.push_back({mount.target, joined(shown->target, rest)});
    }
    return found;
}

} // namespace isolab
