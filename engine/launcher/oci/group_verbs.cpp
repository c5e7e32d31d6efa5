// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/oci/group_verbs.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <poll.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/standard_streams.h"
#include "engine/cgroup/statistics_json.h"
#include "engine/launcher/command/option_table.h"
#include "engine/launcher/oci/container_lookup.h"
#include "engine/runtime/resources_json.h"

namespace isolab::launcher {
namespace {

struct GroupOfContainer {
    ContainerView view;
    ControlGroup group;
};

Result<GroupOfContainer> group_named(const char* operation, const Options& options) {
    ISOLAB_ASSIGN(ContainerView view, look_at_named(options));
    auto group = group_of(view.record);
    if (!group || !group->exists())
        return fail(ErrorKind::unsupported, operation, options.id, "it has no control group");
    return GroupOfContainer{std::move(view), std::move(*group)};
}

Result<Json> read_document(const std::filesystem::path& file) {
    if (file != "-")
        return read_json_file(file);
    std::string text;
    std::array<char, 16384> buffer{};
    for (ssize_t count = 0; (count = ::read(STDIN_FILENO, buffer.data(), buffer.size())) != 0;) {
        if (count < 0 && errno != EINTR)
            return fail_errno(errno, "read", "standard input");
        text.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return parse_json(text, "standard input");
}

Result<void> print_line(const Json& document) { return write_standard_output(document.dump() + "\n"); }

Result<void> print_statistics(const Options& options, const ControlGroup& group) {
    return print_line({{"type", "stats"}, {"id", options.id}, {"data", statistics_to_json(group.statistics())}});
}

/// Until the first process ends.
Result<void> print_until_end(const Options& options, const ControlGroup& group, const UniqueFd& process) {
    constexpr int look_every_ms = 1000;
    std::uint64_t oom_kills = group.usage().oom_kills;
    ISOLAB_TRY(print_statistics(options, group));
    const Nanoseconds interval = std::chrono::seconds(options.interval);
    for (Nanoseconds next = monotonic_now() + interval;;) {
        pollfd end{process.get(), POLLIN, 0};
        if (::poll(&end, 1, look_every_ms) > 0)
            return {};
        if (const std::uint64_t now = group.usage().oom_kills; now > oom_kills) {
            ISOLAB_TRY(print_line({{"type", "oom"}, {"id", options.id}}));
            oom_kills = now;
        }
        if (monotonic_now() >= next) {
            ISOLAB_TRY(print_statistics(options, group));
            next += interval;
        }
    }
}

} // namespace

Result<void> pause_container(const Options& options, Events& /*events*/) {
    ISOLAB_ASSIGN(const GroupOfContainer found, group_named("pause container", options));
    const bool alive = found.view.status == ContainerStatus::created || found.view.status == ContainerStatus::running;
    if (!alive)
        return wrong_status("pause container", options, found.view.status);
    return found.group.freeze();
}

Result<void> resume_container(const Options& options, Events& /*events*/) {
    ISOLAB_ASSIGN(const GroupOfContainer found, group_named("resume container", options));
    if (found.view.status != ContainerStatus::paused)
        return wrong_status("resume container", options, found.view.status, "Only a paused container can be resumed");
    return found.group.thaw();
}

Result<void> update_container(const Options& options, Events& events) {
    Json document = Json::object();
    if (options.resources) {
        ISOLAB_ASSIGN(document, read_document(*options.resources));
    }
    ISOLAB_TRY(add_limits(document, options.limits));
    ISOLAB_ASSIGN(CgroupResources resources,
                  parse_resources(document, options.resources ? options.resources->string() : "the options given"));
    if (resources.empty())
        return fail(ErrorKind::invalid_argument, "update container", options.id, "no limit is given",
                    "Give --resources, or a limit");
    if (!options.resources) // below what it uses would be its end with v2; v1 refuses by itself
        resources.check_before_update = true;
    ISOLAB_ASSIGN(const GroupOfContainer found, group_named("update container", options));
    if (found.view.status == ContainerStatus::stopped)
        return wrong_status("update container", options, found.view.status);
    std::vector<std::string> warnings;
    ISOLAB_TRY(found.group.update(resources, &warnings));
    for (std::string& warning : warnings)
        events.warn(std::move(warning));
    return {};
}

Result<void> print_events(const Options& options, Events& /*events*/) {
    ISOLAB_ASSIGN(const GroupOfContainer found, group_named("watch container", options));
    if (options.stats)
        return print_statistics(options, found.group);
    ISOLAB_ASSIGN(const UniqueFd process, open_first_process(found.view.record));
    return print_until_end(options, found.group, process);
}

} // namespace isolab::launcher
