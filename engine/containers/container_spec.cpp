// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_spec.h"

#include <algorithm>

#include "engine/runtime/spec_builder.h"

namespace isolab {
namespace {

void set_read_only(std::vector<std::string>& options, bool read_only) { options.emplace_back(read_only ? "ro" : "rw"); }

Mount mount_of(const ContainerMount& wanted) {
    Mount mount;
    mount.destination = wanted.target;
    mount.options = wanted.options;
    if (wanted.kind == "tmpfs") {
        mount.type = "tmpfs";
        mount.source = "tmpfs";
        mount.options.insert(mount.options.begin(), {"nosuid", "nodev"});
    } else {
        mount.type = "bind";
        mount.source = wanted.source;
        const bool given = std::ranges::any_of(wanted.options, [](const auto& one) { return one.ends_with("bind"); });
        if (!given)
            mount.options.emplace_back("rbind");
    }
    set_read_only(mount.options, wanted.read_only);
    return mount;
}

/// A text of the container's folder in the place of the image's. Not where the user mounts something of his own.
void show_file(RuntimeSpec& spec, const ContainerSettings& settings, const std::filesystem::path& file,
               const char* target) {
    const bool taken = std::ranges::any_of(settings.mounts, [&](const auto& one) { return one.target == target; });
    if (!file.empty() && !taken)
        spec.mounts.push_back({target, "bind", file.string(), {"bind"}});
}

/// A mount of the user's that replaces one of ours, such as /dev/shm.
void replace_mounts(RuntimeSpec& spec, const ContainerSettings& settings) {
    std::erase_if(spec.mounts, [&](const Mount& ours) {
        return ours.destination != "/" &&
               std::ranges::any_of(settings.mounts, [&](const auto& one) { return one.target == ours.destination; });
    });
}

void share_namespace(RuntimeSpec& spec, const std::string& mode, bool NamespaceSet::*own) {
    if (mode == "host" || mode.starts_with("container:"))
        spec.namespaces.*own = false;
}

void open_kernel_files(RuntimeSpec& spec) {
    spec.masked_paths.clear();
    spec.read_only_paths.clear();
    for (Mount& mount : spec.mounts)
        if (mount.type == "sysfs")
            std::erase(mount.options, "ro");
}

void make_privileged(RuntimeSpec& spec) {
    open_kernel_files(spec);
    spec.seccomp.reset();
    spec.process.no_new_privileges = false;
}

/// A user namespace may mount these only for PID and IPC namespaces of its own (proc(5), mq_overview(7)). Without them
/// the host's /proc is shown; queues work without their file system.
void share_kernel_file_systems(RuntimeSpec& spec) {
    if (!spec.is_separate(&NamespaceSet::ipc, "ipc"))
        std::erase_if(spec.mounts, [](const Mount& mount) { return mount.type == "mqueue"; });
    for (Mount& mount : spec.mounts)
        if (mount.type == "proc" && !spec.is_separate(&NamespaceSet::pid, "pid"))
            mount = {mount.destination, "bind", "/proc", {"rbind", "nosuid", "noexec", "nodev"}, {}, {}};
}

} // namespace

RuntimeSpec make_container_spec(const ContainerSettings& settings, const StartFacts& facts) {
    SpecRequest request;
    request.id = settings.id;
    request.hostname = settings.hostname.empty() ? settings.short_id() : settings.hostname;
    request.process = settings.process;
    request.snapshot = facts.snapshot;
    if (facts.limits)
        request.resources = settings.resources;
    request.control_group = facts.control_group;
    request.uid_mappings = facts.uid_mappings;
    request.gid_mappings = facts.gid_mappings;
    request.seccomp = facts.seccomp;
    RuntimeSpec spec = build_runtime_spec(request);
    spec.process = settings.process; // capabilities, terminal and limits are settled
    spec.root_read_only = settings.read_only_root;
    for (Mount& mount : spec.mounts)
        if (mount.destination == "/dev/shm")
            mount.options.back() = "size=" + std::to_string(settings.shm_size);
    if (facts.control_group && facts.uid_mappings.empty()) // programs size themselves by the limits that they see
        spec.mounts.push_back({"/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"}});
    replace_mounts(spec, settings);
    show_file(spec, settings, facts.hosts_file, "/etc/hosts");
    show_file(spec, settings, facts.hostname_file, "/etc/hostname");
    show_file(spec, settings, facts.resolv_file, "/etc/resolv.conf");
    for (const ContainerMount& one : settings.mounts)
        spec.mounts.push_back(mount_of(one));
    spec.devices = facts.devices;
    for (const DeviceNode& one : settings.devices) { // a user's node is the one that counts
        std::erase_if(spec.devices, [&one](const DeviceNode& host) { return host.path == one.path; });
        spec.devices.push_back(one);
    }
    spec.sysctls = settings.sysctls;
    share_namespace(spec, settings.pid_mode, &NamespaceSet::pid);
    share_namespace(spec, settings.ipc_mode, &NamespaceSet::ipc);
    share_namespace(spec, settings.uts_mode, &NamespaceSet::uts);
    share_namespace(spec, settings.cgroup_mode, &NamespaceSet::cgroup);
    spec.domainname = settings.domain_name;
    if (!spec.namespaces.uts) {
        spec.hostname.clear();
        spec.domainname.clear();
    }
    spec.joined = facts.joined;
    const auto joins = [&facts](std::string_view type) {
        return std::ranges::any_of(facts.joined, [type](const auto& one) { return one.type == type; });
    };
    if (facts.host_network || joins("network"))
        spec.namespaces.network = false;
    if (joins("user"))
        spec.namespaces.user = false;
    if (facts.network_hook)
        spec.hooks.lists[static_cast<std::size_t>(HookPoint::create_runtime)].push_back(*facts.network_hook);
    if (settings.unconfined_seccomp)
        spec.seccomp.reset();
    if (settings.privileged)
        make_privileged(spec);
    if (!facts.kernel_files)
        open_kernel_files(spec);
    if (!facts.uid_mappings.empty())
        share_kernel_file_systems(spec);
    for (const auto& [key, value] : settings.labels)
        spec.annotations[key] = value;
    for (const auto& [key, value] : settings.annotations)
        spec.annotations[key] = value;
    return spec;
}

} // namespace isolab
