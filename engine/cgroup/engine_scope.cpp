// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/engine_scope.h"

#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/cgroup/cgroup_layout.h"
#include "engine/cgroup/systemd_scope.h"

namespace isolab {
namespace {

constexpr const char* own_group = "/supervisor"; // as make_room_in_group() makes it
constexpr useconds_t pause_us = 25'000;
constexpr int tries = 40; // whoever has just started the scope has not made room in it yet, or it ends just now

struct OwnPlace {
    std::string mount_point; ///< of cgroup2; empty: there is v1
    std::string group;
};

OwnPlace own_place() {
    OwnPlace place;
    const CgroupLayout layout = parse_cgroup_layout(read_file("/proc/self/mountinfo").value_or(""),
                                                    read_file("/proc/self/cgroup").value_or(""), &place.group);
    if (layout.version == CgroupVersion::v2)
        place.mount_point = layout.unified;
    return place;
}

/// The part of a group's path that ends with the scope; empty: it is not in it.
std::string scope_in(const std::string& group, const std::string& name) {
    const std::string part = "/" + name;
    const auto at = (group + "/").find(part + "/");
    return at == std::string::npos ? std::string() : group.substr(0, at + part.size());
}

Result<void> start_or_join(const ScopeRequest& request) {
    for (int attempt = 1;; ++attempt) {
        auto done = start_delegated_scope(request);
        if (done || done.error().kind != ErrorKind::already_exists)
            return done;
        done = join_delegated_scope(request, own_group);
        if (done || attempt == tries || done.error().kind != ErrorKind::system)
            return done;
        ::usleep(pause_us);
    }
}

} // namespace

Result<std::string> enter_engine_scope(const std::string& name, const std::vector<std::filesystem::path>& data_folders,
                                       const std::string& address) {
    if (!systemd_manages() || own_place().mount_point.empty())
        return std::string();
    std::string scope = scope_in(own_place().group, name);
    if (scope.empty()) {
        ScopeRequest request;
        request.name = name;
        request.description = "Containers of Isolab";
        request.process = ::getpid();
        request.address = address;
        ISOLAB_TRY(start_or_join(request));
        scope = scope_in(own_place().group, name);
        if (scope.empty())
            return fail(ErrorKind::system, "enter systemd scope", name,
                        "systemd left this process in " + own_place().group);
    }
    ISOLAB_TRY(make_room_in_group(own_place().mount_point + scope));
    for (const std::filesystem::path& folder : data_folders)
        if (recorded_scope(folder) != scope) {
            ISOLAB_TRY(open_data_folder(folder));
            ISOLAB_TRY(write_file_atomically(folder / scope_record, scope + "\n", 0600));
        }
    return scope;
}

} // namespace isolab
