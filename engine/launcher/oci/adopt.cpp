// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/oci/adopt.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/directory_path.h"
#include "engine/base/json.h"
#include "engine/launcher/launch/mapped_child.h"
#include "engine/launcher/setup/setup_channel.h"
#include "engine/runtime/spec_json.h"

namespace isolab::launcher {
namespace {

/// Takes over what is in the directory; tells the directories in it.
Result<std::vector<std::string>> adopt_entries(const DirectoryPath& here) {
    std::vector<std::string> below;
    ISOLAB_ASSIGN(const auto names, here.names());
    for (const std::string& name : names) {
        struct stat status {};
        if (::fstatat(here.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return fail_errno(errno, "read attributes of", here.shown(name));
        if ((status.st_uid != 0 || status.st_gid != 0) &&
            ::fchownat(here.fd(), name.c_str(), 0, 0, AT_SYMLINK_NOFOLLOW) != 0)
            return fail_errno(errno, "take over", here.shown(name));
        if (!S_ISDIR(status.st_mode))
            continue;
        if ((status.st_mode & 0700U) != 0700U && ::fchmodat(here.fd(), name.c_str(), 0700, 0) != 0)
            return fail_errno(errno, "open for its owner", here.shown(name));
        below.push_back(name);
    }
    return below;
}

/// By a list of its own and not by recursion: how deep the tree is was the workload's choice.
Result<void> adopt_tree(const std::string& path) {
    ISOLAB_ASSIGN(DirectoryPath here, DirectoryPath::open(path));
    std::vector<std::vector<std::string>> below(1);
    ISOLAB_ASSIGN(below.back(), adopt_entries(here));
    while (!below.empty()) {
        if (below.back().empty()) {
            below.pop_back();
            if (!below.empty())
                ISOLAB_TRY(here.leave());
            continue;
        }
        const std::string name = std::move(below.back().back());
        below.back().pop_back();
        ISOLAB_TRY(here.enter(name));
        below.emplace_back();
        ISOLAB_ASSIGN(below.back(), adopt_entries(here));
    }
    return {};
}

bool has_only_own_id(const std::vector<IdMapping>& mappings) {
    return mappings.empty() || (mappings.size() == 1 && mappings.front().size == 1);
}

} // namespace

Result<void> adopt_files(const Options& options, Events& events) {
    const std::string file = (options.bundle / "config.json").string();
    ISOLAB_ASSIGN(const Json document, read_json_file(file));
    ISOLAB_ASSIGN(const RuntimeSpec spec, parse_runtime_spec(document, file));
    if (has_only_own_id(spec.uid_mappings) && has_only_own_id(spec.gid_mappings))
        return {};
    const std::string snapshot = (options.bundle / "snapshot").string();
    ISOLAB_ASSIGN(const SetupChild child,
                  clone_with_ids(options.root, {spec.uid_mappings, spec.gid_mappings}, 0, [&snapshot](int socket) {
                      const SetupChannel channel(socket);
                      const auto adopted = adopt_tree(snapshot);
                      if (adopted)
                          channel.report(StartedRecord{::getpid()}); // where follow() stops
                      else
                          channel.report(ErrorRecord{adopted.error(), 125});
                      ::_exit(adopted ? EXIT_SUCCESS : EXIT_FAILURE);
                  }));
    if (const auto done = child.follow(events); !done)
        return fail(done.error().error.within("take over the files of", options.bundle.string()));
    return {};
}

} // namespace isolab::launcher
