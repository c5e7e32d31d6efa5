// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/spec_builder.h"

#include "engine/security/capabilities.h"

namespace isolab {
namespace {

Mount overlay_root(const SpecRequest& request) {
    Mount root{"/", "overlay", "overlay", {"lowerdir=" + join_lower_directories([&] {
                                               std::vector<std::string> lowers;
                                               for (const auto& path : request.snapshot.lowers)
                                                   lowers.push_back(path.string());
                                               return lowers;
                                           }())}};
    root.options.push_back("upperdir=" + request.snapshot.upper.string());
    root.options.push_back("workdir=" + request.snapshot.work.string());
    if (request.snapshot.user_attributes)
        root.options.push_back("userxattr");
    return root;
}

constexpr std::uint32_t tty_group = 5; ///< of every distribution; owns terminals, so that write(1) works

bool is_mapped(std::uint32_t id, const std::vector<IdMapping>& mappings) {
    return mappings.empty() || std::ranges::any_of(mappings, [&](const IdMapping& mapping) {
               return id >= mapping.container && id - mapping.container < mapping.size;
           });
}

std::vector<Mount> default_mounts(const std::vector<IdMapping>& groups) {
    std::vector<std::string> terminals{"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"};
    if (is_mapped(tty_group, groups))
        terminals.push_back("gid=" + std::to_string(tty_group));
    return {
        {"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}},
        {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
        {"/dev/pts", "devpts", "devpts", std::move(terminals)},
        {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}},
        {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}},
        {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}},
    };
}

CapabilitySets default_capability_sets(bool root) {
    const auto& all = default_capabilities();
    CapabilitySets sets;
    sets.bounding = all;
    if (root) { // another user gains capabilities neither at once nor, without new privileges, later
        sets.effective = all;
        sets.permitted = all;
    }
    return sets;
}

} // namespace

RuntimeSpec build_runtime_spec(const SpecRequest& request) {
    RuntimeSpec spec;
    static_cast<ProcessSpec&>(spec.process) = request.process;
    spec.process.no_new_privileges = true;
    spec.process.capabilities = default_capability_sets(request.process.uid == 0);
    spec.root_path = request.snapshot.root.string();
    if (!request.snapshot.lowers.empty())
        spec.mounts.push_back(overlay_root(request));
    const auto mounts = default_mounts(request.gid_mappings);
    spec.mounts.insert(spec.mounts.end(), mounts.begin(), mounts.end());
    spec.masked_paths = {"/proc/acpi",
                         "/proc/asound",
                         "/proc/interrupts",
                         "/proc/kcore",
                         "/proc/keys",
                         "/proc/latency_stats",
                         "/proc/sched_debug",
                         "/proc/scsi",
                         "/proc/timer_list",
                         "/proc/timer_stats",
                         "/sys/devices/virtual/powercap",
                         "/sys/firmware"};
    spec.read_only_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
    spec.hostname = request.hostname.empty() ? request.id : request.hostname;
    spec.uid_mappings = request.uid_mappings;
    spec.gid_mappings = request.gid_mappings;
    spec.namespaces = {true, true, true, true, true, !request.uid_mappings.empty(), true, false};
    if (request.control_group) {
        spec.cgroups_path = "/isolab/" + request.id;
        spec.resources = request.resources;
    }
    spec.seccomp = request.seccomp;
    return spec;
}

} // namespace isolab
