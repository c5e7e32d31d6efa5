// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/adopt.h"

#include <array>
#include <cerrno>
#include <sched.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/directory_path.h"
#include "engine/base/json.h"
#include "engine/launcher/id_maps.h"
#include "engine/runtime/spec_json.h"

namespace isolab::launcher {
namespace {

constexpr int done = 0;

struct Pipe {
    UniqueFd read;
    UniqueFd write;
};

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return fail_errno(errno, "create pipe");
    return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

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

/// The child's part: waits in its new user namespace until the ids are mapped, then works as root there.
Result<void> adopt_as_root(const std::string& path, Pipe& ready, Pipe& mapped) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ready.read.reset();
    mapped.write.reset();
    if (::unshare(CLONE_NEWUSER) != 0)
        return fail_errno(errno, "make a user namespace");
    ready.write.reset();
    char byte = 0;
    if (::read(mapped.read.get(), &byte, 1) != 1)
        return fail(ErrorKind::system, "map ids", {}, "the parent process gave up");
    if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
        return fail_errno(errno, "become root in the user namespace");
    return adopt_tree(path);
}

/// The parent's part: maps the ids of `child` as soon as it is in its namespace.
Result<void> admit(pid_t child, const RuntimeSpec& spec, Pipe& ready, Pipe& mapped) {
    ready.write.reset();
    mapped.read.reset();
    char byte = 0;
    (void)!::read(ready.read.get(), &byte, 1); // its end: the child has its namespace, or none
    Result<void> written = write_id_maps(child, spec.uid_mappings, spec.gid_mappings);
    if (written && ::write(mapped.write.get(), "m", 1) != 1)
        written = fail_errno(errno, "talk to the child process");
    mapped.write.reset();
    return written;
}

bool has_only_own_id(const std::vector<IdMapping>& mappings) {
    return mappings.empty() || (mappings.size() == 1 && mappings.front().size == 1);
}

} // namespace

Result<void> adopt_files(const Options& options, Events& /*events*/) {
    const std::string file = (options.bundle / "config.json").string();
    ISOLAB_ASSIGN(const Json document, read_json_file(file));
    ISOLAB_ASSIGN(const RuntimeSpec spec, parse_runtime_spec(document, file));
    if (has_only_own_id(spec.uid_mappings) && has_only_own_id(spec.gid_mappings))
        return {};
    ISOLAB_ASSIGN(Pipe ready, make_pipe());
    ISOLAB_ASSIGN(Pipe mapped, make_pipe());
    const pid_t child = ::fork();
    if (child < 0)
        return fail_errno(errno, "start a child process");
    if (child == 0) {
        const auto adopted = adopt_as_root((options.bundle / "snapshot").string(), ready, mapped);
        if (!adopted)
            std::fprintf(stderr, "isolab-runtime: %s\n", adopted.error().message().c_str());
        ::_exit(adopted ? done : EXIT_FAILURE);
    }
    Result<void> admitted = admit(child, spec, ready, mapped);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (admitted && status != done)
        return fail(ErrorKind::permission_denied, "take over the files of", options.bundle.string(),
                    "not all of them could be taken over");
    return admitted;
}

} // namespace isolab::launcher
