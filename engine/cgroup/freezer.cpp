// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/freezer.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/file_tree.h"
#include "engine/cgroup/cgroup_files.h"

namespace isolab {
namespace {

constexpr auto patience = std::chrono::seconds(10);
constexpr int attempts_before_relief = 50;

struct FreezerFile {
    const char* name;
    const char* freeze;
    const char* thaw;
};
constexpr FreezerFile v1_file{"/freezer.state", "FROZEN", "THAWED"};
constexpr FreezerFile v2_file{"/cgroup.freeze", "1", "0"};

const FreezerFile& file_of(CgroupVersion version) { return version == CgroupVersion::v2 ? v2_file : v1_file; }

Result<void> require(const std::string& directory) {
    if (directory.empty())
        return fail(ErrorKind::unsupported, "freeze control group", {}, "no freezer controller is mounted");
    return {};
}

/// The state of the kernel, not what was asked for.
bool v2_events_say_frozen(int events) {
    char buffer[256];
    const ssize_t count = ::pread(events, buffer, sizeof buffer, 0);
    return count > 0 && cgroup_field({buffer, static_cast<std::size_t>(count)}, "frozen") == 1U;
}

/// The kernel reports changes of cgroup.events to poll(2) as POLLPRI.
bool await_v2(const std::string& directory, Nanoseconds deadline) {
    const UniqueFd events(::open((directory + "/cgroup.events").c_str(), O_RDONLY | O_CLOEXEC));
    while (events && !v2_events_say_frozen(events.get())) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - monotonic_now()).count();
        if (left <= 0)
            return false;
        pollfd change{events.get(), POLLPRI, 0};
        ::poll(&change, 1, static_cast<int>(std::min<long>(left, 100)));
    }
    return static_cast<bool>(events);
}

/// FREEZING can last for ever when processes wait for one another (vfork(2)): they are let go on now and then.
bool await_v1(const std::string& directory, Nanoseconds deadline) {
    for (int attempt = 1; !group_is_frozen(directory, CgroupVersion::v1); ++attempt) {
        if (monotonic_now() > deadline)
            return false;
        if (attempt % attempts_before_relief == 0) {
            try_write_cgroup_file(directory + v1_file.name, v1_file.thaw);
            ::usleep(1000);
        }
        ::usleep(attempt < attempts_before_relief ? 100 : 1000);
        try_write_cgroup_file(directory + v1_file.name, v1_file.freeze);
    }
    return true;
}

} // namespace

Result<void> freeze_group(const std::string& directory, CgroupVersion version) {
    ISOLAB_TRY(require(directory));
    ISOLAB_TRY(write_cgroup_file(directory + file_of(version).name, file_of(version).freeze));
    const Nanoseconds deadline = monotonic_now() + patience;
    if (version == CgroupVersion::v2 ? await_v2(directory, deadline) : await_v1(directory, deadline))
        return {};
    [[maybe_unused]] const auto thawed = thaw_group(directory, version);
    return fail(ErrorKind::timeout, "freeze control group", directory, "some of its processes did not stop in 10 s",
                "They may wait for a disk or network that does not answer; try again later");
}

Result<void> thaw_group(const std::string& directory, CgroupVersion version) {
    ISOLAB_TRY(require(directory));
    return write_cgroup_file(directory + file_of(version).name, file_of(version).thaw);
}

bool group_is_frozen(const std::string& directory, CgroupVersion version) {
    if (directory.empty())
        return false;
    if (version == CgroupVersion::v2)
        return cgroup_field(read_file(directory + "/cgroup.events").value_or(""), "frozen") == 1U;
    return read_file(directory + v1_file.name).value_or("").starts_with(v1_file.freeze);
}

bool hold_group(const std::string& directory, CgroupVersion version) {
    return !directory.empty() && try_write_cgroup_file(directory + file_of(version).name, file_of(version).freeze) == 0;
}

} // namespace isolab
