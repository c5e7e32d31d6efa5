// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/id_maps.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/subprocess.h"

namespace isolab::launcher {
namespace {

Result<void> write_text(const std::string& path, const std::string& text) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return fail_errno(errno, "write", path);
    return {};
}

std::string map_text(const std::vector<IdMapping>& mappings) {
    std::string text;
    for (const IdMapping& mapping : mappings)
        text += std::to_string(mapping.container) + " " + std::to_string(mapping.host) + " " +
                std::to_string(mapping.size) + "\n";
    return text;
}

bool is_own_id(const std::vector<IdMapping>& mappings, std::uint32_t own) {
    return mappings.size() == 1 && mappings.front().size == 1 && mappings.front().host == own;
}

Result<ChildProcess> start_helper(const std::string& program, pid_t pid, const std::vector<IdMapping>& mappings) {
    Command command{{program, std::to_string(pid)}, std::nullopt, {{2, 2}}, false};
    for (const IdMapping& mapping : mappings)
        for (const std::uint32_t number : {mapping.container, mapping.host, mapping.size})
            command.argv.push_back(std::to_string(number));
    auto child = spawn(command);
    if (!child)
        child.error().remedy = "Install the package uidmap";
    return child;
}

Result<void> finish_helper(ChildProcess& helper, const std::string& program, const char* table) {
    ISOLAB_ASSIGN(const ChildExit exit, helper.wait());
    if (exit.code != 0)
        return fail(ErrorKind::permission_denied, "map ids with", program,
                    "it ended with exit code " + std::to_string(exit.code),
                    std::string("See that ") + table + " gives this user the range");
    return {};
}

/// The ids of a container are the same in a namespace of the same ids.
std::vector<IdMapping> map_to_same_ids(std::vector<IdMapping> mappings) {
    for (IdMapping& mapping : mappings)
        mapping.host = mapping.container;
    return mappings;
}

} // namespace

Result<void> write_id_maps(pid_t pid, const std::vector<IdMapping>& uids, const std::vector<IdMapping>& gids) {
    const std::string folder = "/proc/" + std::to_string(pid);
    const bool root = ::geteuid() == 0;
    if (!root && !maps_only_caller(uids, gids)) {
        ISOLAB_ASSIGN(ChildProcess uid_helper, start_helper("newuidmap", pid, uids));
        ISOLAB_ASSIGN(ChildProcess gid_helper, start_helper("newgidmap", pid, gids));
        ISOLAB_TRY(finish_helper(uid_helper, "newuidmap", "/etc/subuid"));
        return finish_helper(gid_helper, "newgidmap", "/etc/subgid");
    }
    // The kernel takes no group map from an ordinary user before this: with setgroups(2) a process could leave a group
    // that a file is denied to (user_namespaces(7)).
    if (!root)
        ISOLAB_TRY(write_text(folder + "/setgroups", "deny"));
    ISOLAB_TRY(write_text(folder + "/uid_map", map_text(uids)));
    return write_text(folder + "/gid_map", map_text(gids));
}

Result<void> write_inherited_id_maps(pid_t pid, const std::vector<IdMapping>& uids,
                                     const std::vector<IdMapping>& gids) {
    const std::string folder = "/proc/" + std::to_string(pid);
    ISOLAB_TRY(write_text(folder + "/uid_map", map_text(map_to_same_ids(uids))));
    return write_text(folder + "/gid_map", map_text(map_to_same_ids(gids)));
}

bool maps_only_caller(const std::vector<IdMapping>& uids, const std::vector<IdMapping>& gids) {
    return is_own_id(uids, ::geteuid()) && is_own_id(gids, ::getegid());
}

} // namespace isolab::launcher
