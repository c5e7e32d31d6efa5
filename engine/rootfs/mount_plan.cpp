// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/mount_plan.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <sys/mount.h>

namespace isolab {
namespace {

struct AttributeOption {
    std::string_view name;
    std::uint64_t set;
    std::uint64_t clear;
};

constexpr std::array attribute_options{
    AttributeOption{"ro", MOUNT_ATTR_RDONLY, 0},
    AttributeOption{"rw", 0, MOUNT_ATTR_RDONLY},
    AttributeOption{"nosuid", MOUNT_ATTR_NOSUID, 0},
    AttributeOption{"suid", 0, MOUNT_ATTR_NOSUID},
    AttributeOption{"nodev", MOUNT_ATTR_NODEV, 0},
    AttributeOption{"noexec", MOUNT_ATTR_NOEXEC, 0},
    AttributeOption{"exec", 0, MOUNT_ATTR_NOEXEC},
    AttributeOption{"noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR_STRICTATIME},
    AttributeOption{"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR_NOATIME},
    AttributeOption{"relatime", 0, MOUNT_ATTR_NOATIME | MOUNT_ATTR_STRICTATIME},
    AttributeOption{"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    AttributeOption{"dev", 0, 0},
    AttributeOption{"sync", 0, 0},
    AttributeOption{"defaults", 0, 0},
    AttributeOption{"private", 0, 0}, // every mount of a container is private to it
    AttributeOption{"rprivate", 0, 0},
};

struct AttributeName {
    std::uint64_t bit;
    std::string_view name;
};
constexpr std::array attribute_names{
    AttributeName{MOUNT_ATTR_RDONLY, "ro"},
    AttributeName{MOUNT_ATTR_NOSUID, "nosuid"},
    AttributeName{MOUNT_ATTR_NODEV, "nodev"},
    AttributeName{MOUNT_ATTR_NOEXEC, "noexec"},
    AttributeName{MOUNT_ATTR_NOATIME, "noatime"},
    AttributeName{MOUNT_ATTR_STRICTATIME, "strictatime"},
    AttributeName{MOUNT_ATTR_NODIRATIME, "nodiratime"},
};

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

/// Takes an option that every mount knows; false for one that only the file system may know.
bool apply_common_option(MountStep& step, const std::string& option) {
    if (option == "bind" || option == "rbind") {
        step.kind = MountStep::Kind::bind;
        step.recursive = option == "rbind";
        return true;
    }
    if (step.type == "tmpfs" && (option == "tmpcopyup" || option == "notmpcopyup")) {
        step.copy_up = option == "tmpcopyup";
        return true;
    }
    const auto* known = std::ranges::find(attribute_options, option, &AttributeOption::name);
    if (known == attribute_options.end())
        return false;
    step.attributes = (step.attributes & ~known->clear) | known->set;
    return true;
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

Result<MountStep> plan_step(const Mount& mount) {
    if (mount.destination.empty() || mount.destination.front() != '/')
        return bad_mount(mount, "the destination is not an absolute path");
    MountStep step;
    step.kind = kind_of(mount);
    step.target = mount.destination;
    step.type = mount.type;
    step.source = mount.source;
    for (const std::string& option : mount.options) {
        if (apply_common_option(step, option))
            continue;
        if (step.kind == MountStep::Kind::overlay)
            apply_overlay_option(step, option);
        else if (step.kind == MountStep::Kind::filesystem)
            step.data.push_back(option);
        else
            return bad_mount(mount, "option \"" + option + "\" is not supported here");
    }
    if (step.type != "devpts")
        step.attributes |= MOUNT_ATTR_NODEV;
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
    root.attributes = MOUNT_ATTR_NODEV;
    return root;
}

std::string describe_step(const MountStep& step) {
    static constexpr std::array<std::string_view, 4> kinds{"overlay", "bind", "filesystem", "cgroup"};
    std::string line = std::string(kinds[static_cast<std::size_t>(step.kind)]) + " " + step.target;
    if (step.kind == MountStep::Kind::filesystem)
        line += " type=" + step.type;
    if (step.kind == MountStep::Kind::bind)
        line += " source=" + step.source + (step.recursive ? " recursive" : "");
    if (step.kind == MountStep::Kind::overlay)
        line += " lower=" + join_lower_directories(step.lowers) + " upper=" + step.upper + " work=" + step.work;
    for (const std::string& parameter : step.data)
        line += " " + parameter;
    line += step.copy_up ? " copy-up [" : " [";
    for (const AttributeName& attribute : attribute_names)
        if ((step.attributes & attribute.bit) == attribute.bit)
            line += (line.back() == '[' ? "" : ",") + std::string(attribute.name);
    return line + "]\n";
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
    for (const Mount& mount : request.mounts) {
        ISOLAB_ASSIGN(MountStep step, plan_step(mount));
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
        plan.mounts.push_back(std::move(step));
    }
    plan.devices.insert(plan.devices.end(), request.devices.begin(), request.devices.end());
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
        text +=
            "device " + device.path + " " + std::to_string(device.major) + ":" + std::to_string(device.minor) + "\n";
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
