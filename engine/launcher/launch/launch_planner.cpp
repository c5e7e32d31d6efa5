// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch/launch_planner.h"

#include <algorithm>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/cgroup/cgroup_scope_record.h"
#include "engine/launcher/launch/user_namespace_keeper.h"
#include "engine/launcher/setup/id_mapped_mounts.h"
#include "engine/launcher/setup/process_attributes.h"
#include "engine/launcher/setup/terminal.h"
#include "engine/runtime/spec_json.h"

namespace isolab::launcher {
namespace {

constexpr std::uint64_t largest_spec = 16U << 20U;

/// Whether the control group decides what devices the container can use.
bool limits_devices(const LaunchPlan& plan) {
    const bool can = plan.layout.version == CgroupVersion::v1 ? plan.layout.v1.contains(CgroupController::devices)
                                                              : plan.layout.version == CgroupVersion::v2;
    return can && ::geteuid() == 0 && !plan.spec.resources.devices.empty();
}

Result<MountPlan> mounts_of(const LaunchPlan& plan, const Options& options) {
    const RuntimeSpec& spec = plan.spec;
    std::error_code failed;
    const auto root = std::filesystem::canonical(options.bundle / spec.root_path, failed);
    if (failed)
        return fail_errno(failed.value(), "find root file system", (options.bundle / spec.root_path).string());
    MountRequest request;
    request.root_path = root.string();
    request.root_read_only = spec.root_read_only;
    request.mounts = spec.mounts;
    request.devices = spec.devices;
    request.masked = spec.masked_paths;
    request.read_only = spec.read_only_paths;
    request.propagation = spec.root_propagation;
    request.label = spec.mount_label;
    request.devices_are_limited = limits_devices(plan);
    request.uid_mappings = spec.uid_mappings;
    request.gid_mappings = spec.gid_mappings;
    return plan_mounts(request);
}

Result<void> find_group(LaunchPlan& plan, const Options& options) {
    plan.layout = find_cgroup_layout(recorded_scope(options.root));
    std::string group = plan.spec.cgroups_path.empty() ? "/isolab/" + options.id : plan.spec.cgroups_path;
    if (!group.starts_with("/"))
        group.insert(0, "/");
    if (plan.layout.version != CgroupVersion::none) {
        ISOLAB_ASSIGN(plan.group, ControlGroup::at(plan.layout, group));
    } else if (!plan.spec.resources.empty()) {
        return fail(ErrorKind::unsupported, "limit the container's resources", {}, plan.layout.limits_reason);
    }
    return {};
}

} // namespace

Result<std::optional<SeccompProgram>> compile_filter(const RuntimeSpec& spec, const Options& options,
                                                     const std::string& subject, Events& events) {
    if (!spec.seccomp)
        return std::nullopt;
    const SeccompCache cache(options.root.empty() ? options.root : DataFolder(options.root).seccomp_cache());
    ISOLAB_ASSIGN(SeccompProgram program, cache.compile(*spec.seccomp, subject));
    for (const std::string& warning : program.warnings)
        events.warn(warning);
    return program;
}

/// Comes before anything is opened: a hole among them would be filled by a descriptor of ours, which the workload would
/// then hold and could reach the host by.
Result<void> check_preserved(const Options& options) {
    for (unsigned fd = 3; fd < 3 + options.preserved_fds; ++fd)
        if (::fcntl(static_cast<int>(fd), F_GETFD) < 0)
            return fail(ErrorKind::invalid_argument, "preserve descriptors", std::to_string(options.preserved_fds),
                        "descriptor " + std::to_string(fd) + " is not open");
    return {};
}

Result<LaunchPlan> make_launch_plan(const Options& options, Events& events) {
    const std::string file = (options.bundle / "config.json").string();
    LaunchPlan plan;
    ISOLAB_TRY(check_preserved(options));
    ISOLAB_ASSIGN(plan.spec_text, read_file(file, largest_spec));
    ISOLAB_ASSIGN(const Json document, parse_json(plan.spec_text, file));
    ISOLAB_ASSIGN(plan.spec, parse_runtime_spec(document, file));
    ISOLAB_TRY(check_attributes(plan.spec.process));
    ISOLAB_TRY(check_selinux_label(plan.spec.mount_label, "linux.mountLabel"));
    plan.keep_standard_input = options.event_fd < 0;
    plan.init = options.init;
    plan.new_keyring = !options.no_new_keyring;
    plan.preserved_fds = options.preserved_fds;
    ISOLAB_ASSIGN(plan.joined, open_joined(plan.spec));
    ISOLAB_TRY(find_group(plan, options));
    ISOLAB_ASSIGN(plan.mounts, mounts_of(plan, options));
    plan.mounts.in_own_namespace = plan.spec.is_separate(&NamespaceSet::mount, "mount");
    for (const std::string& warning : plan.mounts.warnings)
        events.warn(warning);
    ISOLAB_ASSIGN(plan.id_mapped, make_id_mapped_mounts(plan.mounts));
    ISOLAB_ASSIGN(plan.seccomp, compile_filter(plan.spec, options, file, events));
    ISOLAB_ASSIGN(plan.agent, SeccompAgent::connect(plan.spec, plan.seccomp, file));
    if (options.console_socket) {
        if (!plan.spec.process.terminal)
            return fail(ErrorKind::invalid_argument, "use console socket", options.console_socket->string(),
                        "the process has no terminal", "Set process.terminal, or leave --console-socket out");
        ISOLAB_ASSIGN(plan.console, connect_console(options.console_socket->string()));
    }
    if (plan.spec.namespaces.user)
        plan.kept_ids = kept_user_namespace(options.root, plan.spec.uid_mappings, plan.spec.gid_mappings);
    return plan;
}

} // namespace isolab::launcher
