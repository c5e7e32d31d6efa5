// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/mount_plan.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <sys/mount.h>

namespace isolab {
namespace {

const std::array<DeviceNode, 6> default_devices{{
    {"/dev/null", 1, 3},
    {"/dev/zero", 1, 5},
    {"/dev/full", 1, 7},
    {"/dev/random", 1, 8},
    {"/dev/urandom", 1, 9},
    {"/dev/tty", 5, 0},
}};

const std::array<std::pair<std::string, std::string>, 5> default_links{{
    {"/dev/fd", "/proc/self/fd"},
    {"/dev/stdin", "/proc/self/fd/0"},
    {"/dev/stdout", "/proc/self/fd/1"},
    {"/dev/stderr", "/proc/self/fd/2"},
    {"/dev/ptmx", "pts/ptmx"},
}};

std::optional<std::string> value_of(const std::string& option, std::string_view key) {
    if (option.size() > key.size() && option.starts_with(key) && option[key.size()] == '=')
        return option.substr(key.size() + 1);
    return std::nullopt;
}

void apply_overlay_option(MountStep& step, const std::string& option) {
    if (auto lowers = value_of(option, "lowerdir"))
        step.lowers = split_lower_directories(*lowers);
    else if (auto upper = value_of(option, "upperdir"))
        step.upper = *upper;
    else if (auto work = value_of(option, "workdir"))
        step.work = *work;
    else
        step.data.push_back(option);
}

tl::unexpected<Error> bad_mount(const Mount& mount, std::string cause) {
    return fail(ErrorKind::invalid_argument, "use the mount for", mount.destination, std::move(cause));
}

MountStep::Kind kind_of(const Mount& mount) {
    if (mount.type == "overlay")
        return MountStep::Kind::overlay;
    if (mount.type == "cgroup" || mount.type == "cgroup2")
        return MountStep::Kind::cgroup;
    return mount.type.empty() || mount.type == "bind" || mount.type == "none" ? MountStep::Kind::bind
                                                                              : MountStep::Kind::filesystem;
}

/// Bind mounts take no parameters of a file system, except those that mount(8) ignores there too.
bool is_superblock_option(const std::string& option) {
    static constexpr std::array<std::string_view, 9> known{"sync", "async", "dirsync",  "mand",      "nomand",
                                                           "acl",  "noacl", "lazytime", "nolazytime"};
    return std::ranges::find(known, option) != known.end();
}

/// Gives what the kernel ignores: a bind mount shows a file system with the parameters it has (mount(8)).
std::vector<std::string> take_other_options(MountStep& step, const std::vector<std::string>& options) {
    std::vector<std::string> ignored;
    for (const std::string& option : options) {
        if (step.kind == MountStep::Kind::overlay)
            apply_overlay_option(step, option);
        else if (step.kind == MountStep::Kind::filesystem)
            step.data.push_back(option);
        else if (!is_superblock_option(option) && step.kind != MountStep::Kind::cgroup)
            ignored.push_back(option);
    }
    return ignored;
}

Result<void> take_id_map(MountStep& step, const Mount& mount, const MountOptions& options,
                         const MountRequest& request) {
    if (!options.id_map && mount.uid_mappings.empty())
        return {};
    const bool own = !mount.uid_mappings.empty();
    step.uid_mappings = own ? mount.uid_mappings : request.uid_mappings;
    step.gid_mappings = own ? mount.gid_mappings : request.gid_mappings;
    step.id_map_tree = options.id_map_tree;
    if (step.kind != MountStep::Kind::bind)
        return bad_mount(mount, "ids can be mapped on bind mounts only");
    if (step.uid_mappings.empty() || step.gid_mappings.empty())
        return bad_mount(mount, "\"idmap\" needs a map of its own, or a container with one");
    return {};
}

MountStep step_of(const Mount& mount, const MountOptions& options) {
    MountStep step;
    step.kind = options.remount ? MountStep::Kind::remount : options.bind ? MountStep::Kind::bind : kind_of(mount);
    step.target = mount.destination;
    step.type = mount.type;
    step.source = mount.source;
    step.attributes = options.change.set;
    step.cleared = options.change.clear;
    step.tree = options.tree;
    step.propagation = options.propagation == MS_PRIVATE ? 0 : options.propagation;
    step.propagate_tree = options.propagate_tree;
    step.recursive = options.recursive;
    step.copy_up = options.copy_up;
    return step;
}

/// Those that take "context=" (mount(8)). The policy labels the kernel's own views of itself.
bool takes_label(const MountStep& step) {
    return step.kind == MountStep::Kind::overlay || (step.kind == MountStep::Kind::filesystem && step.type != "proc" &&
                                                     step.type != "sysfs" && step.type != "mqueue");
}

Result<MountStep> plan_step(const Mount& mount, const MountRequest& request, std::vector<std::string>& warnings) {
    if (mount.destination.empty() || mount.destination.front() != '/')
        return bad_mount(mount, "the destination is not an absolute path");
    const MountOptions options = parse_mount_options(mount.options);
    MountStep step = step_of(mount, options);
    for (const std::string& option : take_other_options(step, options.other))
        warnings.push_back("the mount on " + mount.destination + " shows another one as it is: its option \"" + option +
                           "\" has no effect");
    ISOLAB_TRY(take_id_map(step, mount, options, request));
    if (!request.label.empty() && takes_label(step))
        step.data.push_back("context=" + request.label);
    if (step.type != "devpts" && !request.devices_are_limited) {
        step.attributes |= MOUNT_ATTR_NODEV;
        step.cleared &= ~static_cast<std::uint64_t>(MOUNT_ATTR_NODEV);
    }
    if (step.copy_up && step.type != "tmpfs")
        return bad_mount(mount, "\"tmpcopyup\" is for a tmpfs");
    if (step.kind == MountStep::Kind::bind && (step.source.empty() || step.source.front() != '/'))
        return bad_mount(mount, "the source \"" + step.source + "\" is not an absolute path");
    if (step.kind == MountStep::Kind::overlay && (step.lowers.empty() || step.upper.empty() != step.work.empty()))
        return bad_mount(mount, "overlay needs lowerdir, and upperdir together with workdir");
    return step;
}

MountStep bind_root(const MountRequest& request) {
    MountStep root;
    root.kind = MountStep::Kind::bind;
    root.target = "/";
    root.source = request.root_path;
    root.recursive = true;
    root.attributes = request.devices_are_limited ? 0 : MOUNT_ATTR_NODEV;
    return root;
}

std::string describe_propagation(std::uint64_t flag) {
    return flag == MS_SHARED ? " shared" : flag == MS_SLAVE ? " slave" : flag == MS_UNBINDABLE ? " unbindable" : "";
}

std::string describe_step(const MountStep& step) {
    static constexpr std::array<std::string_view, 5> kinds{"overlay", "bind", "filesystem", "cgroup", "remount"};
    std::string line = std::string(kinds[static_cast<std::size_t>(step.kind)]) + " " + step.target;
    if (step.kind == MountStep::Kind::filesystem)
        line += " type=" + step.type;
    if (step.kind == MountStep::Kind::bind)
        line += " source=" + step.source + (step.recursive ? " recursive" : "");
    if (step.kind == MountStep::Kind::overlay)
        line += " lower=" + join_lower_directories(step.lowers) + " upper=" + step.upper + " work=" + step.work;
    for (const std::string& parameter : step.data)
        line += " " + parameter;
    line += step.copy_up ? " copy-up" : "";
    line += step.id_mapped() ? (step.id_map_tree ? " id-mapped-tree" : " id-mapped") : "";
    line += " [" + describe_attributes(step.attributes) + "]";
    if (step.kind == MountStep::Kind::bind && step.cleared != 0)
        line += " without [" + describe_attributes(step.cleared) + "]";
    if (!step.tree.empty())
        line += " below [" + describe_attributes(step.tree.set) + "] without [" + describe_attributes(step.tree.clear) +
                "]";
    return line + describe_propagation(step.propagation) + "\n";
}

} // namespace

Result<MountPlan> plan_mounts(const MountRequest& request) {
    if (request.root_path.empty() || request.root_path.front() != '/')
        return fail(ErrorKind::invalid_argument, "use root file system", request.root_path,
                    "it is not an absolute path");
    MountPlan plan;
    plan.root_path = request.root_path;
    plan.root = bind_root(request);
    plan.root_read_only = request.root_read_only;
    plan.propagation = propagation_of(request.propagation);
    if (plan.propagation == 0 && !request.propagation.empty())
        return fail(ErrorKind::invalid_argument, "use root file system", request.root_path,
                    "there is no propagation \"" + request.propagation + "\"");
    for (const Mount& mount : request.mounts) {
        ISOLAB_ASSIGN(MountStep step, plan_step(mount, request, plan.warnings));
        if (step.target == "/") {
            plan.root = std::move(step);
            continue;
        }
        if (step.kind == MountStep::Kind::overlay)
            return bad_mount(mount, "overlay is supported for the root only");
        if (step.target == "/dev" && step.type == "tmpfs") {
            plan.devices.assign(default_devices.begin(), default_devices.end());
            plan.links.assign(default_links.begin(), default_links.end());
        }
        if (plan.propagation == 0 && step.propagation != 0)
            plan.propagation = MS_SLAVE; // otherwise it would be cut off from what it is to receive from
        plan.mounts.push_back(std::move(step));
    }
    for (const DeviceNode& device : request.devices) { // one of the same name is meant instead of a default one
        std::erase_if(plan.devices, [&device](const DeviceNode& one) { return one.path == device.path; });
        plan.devices.push_back(device);
    }
    plan.masked = request.masked;
    plan.read_only = request.read_only;
    return plan;
}

std::string describe(const MountPlan& plan) {
    std::string text = "root at " + plan.root_path + (plan.root_read_only ? " read-only\n" : "\n");
    text += describe_step(plan.root);
    for (const MountStep& step : plan.mounts)
        text += describe_step(step);
    for (const DeviceNode& device : plan.devices)
        text += "device " + device.path + " " + device.type + " " + std::to_string(device.major) + ":" +
                std::to_string(device.minor) + "\n";
    for (const auto& [path, target] : plan.links)
        text += "link " + path + " -> " + target + "\n";
    for (const std::string& path : plan.masked)
        text += "mask " + path + "\n";
    for (const std::string& path : plan.read_only)
        text += "read-only " + path + "\n";
    return text;
}

std::vector<std::string> split_lower_directories(const std::string& text) {
    std::vector<std::string> directories(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size())
            directories.back() += text[++i];
        else if (text[i] == ':')
            directories.emplace_back();
        else
            directories.back() += text[i];
    }
    std::erase(directories, "");
    return directories;
}

} // namespace isolab
