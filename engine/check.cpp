// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/base/host_facts.h"
#include "engine/base/subprocess.h"
#include "engine/cgroup/cgroup_layout.h"
#include "engine/engine.h"
#include "engine/network/rootless_programs.h"
#include "engine/rootfs/overlay_probe.h"
#include "engine/runtime_client/id_ranges.h"
#include "engine/runtime_client/launcher_program.h"
#include "engine/security/user_namespaces.h"

namespace isolab {
namespace {

using State = Prerequisite::State;

bool is_root() { return ::geteuid() == 0; }

Prerequisite check_namespaces() {
    Prerequisite result{"namespaces", "Linux namespaces", State::found, "", "", true};
    for (const char* name : {"mnt", "pid", "net", "ipc", "uts", "cgroup", "user"}) {
        if (::access((std::string("/proc/self/ns/") + name).c_str(), F_OK) == 0) {
            result.detail += (result.detail.empty() ? "" : ", ") + std::string(name);
            continue;
        }
        result.state = State::missing;
        result.detail = std::string("the kernel has no ") + name + " namespaces";
        result.remedy = "Use a kernel with all kinds of namespaces";
        return result;
    }
    return result;
}

Prerequisite check_user_namespaces() {
    Prerequisite result{"user-namespaces", "user namespaces without root", State::found, "available", "", true};
    if (is_root()) {
        result.detail = "not needed as root";
        result.required = false;
    } else if (const auto obstacle = find_user_namespace_obstacle(UserNamespaceSwitches::read())) {
        result.state = State::unusable;
        result.detail = obstacle->cause;
        result.remedy = obstacle->remedy;
    }
    return result;
}

Prerequisite check_control_groups() {
    const CgroupLayout layout = find_cgroup_layout();
    Prerequisite result{"cgroup-limits", "limits for memory and CPUs", State::found, "", "", false};
    result.detail = "control groups " + layout.mode;
    if (!layout.limits_enforced) {
        result.state = layout.mode == "none" ? State::missing : State::unusable;
        const auto semicolon = layout.limits_reason.find("; ");
        result.detail += ": " + layout.limits_reason.substr(0, semicolon);
        result.remedy = semicolon == std::string::npos ? "Run as root on a machine with control groups"
                                                       : layout.limits_reason.substr(semicolon + 2);
    }
    return result;
}

Prerequisite check_mount_interface() {
    Prerequisite result{"mount-api", "file-descriptor based mounts", State::found, "kernel " + kernel_release(), "",
                        true};
    if (::mount_setattr(-1, "", AT_EMPTY_PATH, nullptr, 0) != 0 && errno == ENOSYS) {
        result.state = State::missing;
        result.detail = "kernel " + kernel_release() + " lacks mount_setattr(2)";
        result.remedy = "Use Linux 5.12 or later";
    }
    return result;
}

Prerequisite check_folder(const std::filesystem::path& root) {
    Prerequisite result{"data-folder", "data folder", State::found, root.string(), "", true};
    if (const auto usable = try_data_folder(root); !usable) {
        result.state = State::unusable;
        result.detail += ": " + usable.error().cause;
        result.remedy = usable.error().remedy;
    }
    return result;
}

/// Tried where the layers will lie: a kernel that has it may refuse it on the data folder's own file system.
Prerequisite check_overlay(const EngineOptions& options, const Prerequisite& folder) {
    Prerequisite result{"overlayfs", "overlay file system", State::found, "", "", false};
    if (folder.state != State::found) {
        result.detail = "not tried: the data folder cannot be used";
        return result;
    }
    const auto layers = DataFolder(options.root).layers();
    std::error_code failed;
    if (!std::filesystem::is_directory(layers, failed)) {
        result.detail = "not tried yet: the data folder holds no images";
        return result;
    }
    result.detail = "works in " + layers.string();
    if (const auto usable = overlay_usable(layers); !usable) {
        result.state = State::unusable;
        result.detail = usable.error().message() + "; each container gets a full copy of its image";
        result.remedy = "Load the module (modprobe overlay), or use a data folder on ext4, xfs or btrfs";
    }
    return result;
}

Prerequisite check_seccomp() {
    Prerequisite result{"seccomp", "system call filter", State::found, "", "", true};
    const std::string actions = read_file("/proc/sys/kernel/seccomp/actions_avail").value_or("");
    result.detail = "actions: " + actions.substr(0, actions.find('\n'));
    if (actions.find("errno") == std::string::npos) {
        result.state = State::missing;
        result.detail = "the kernel has no seccomp filters";
        result.remedy = "Use a kernel with CONFIG_SECCOMP_FILTER";
    }
    return result;
}

Prerequisite check_launcher(const EngineOptions& options) {
    Prerequisite result{"launcher", "isolab-runtime", State::found, "", "", true};
    const auto path = LauncherProgram::find(options.launcher);
    if (!path) {
        result.state = State::missing;
        result.detail = path.error().cause;
        result.remedy = path.error().remedy.empty() ? "Build or install Isolab completely" : path.error().remedy;
        return result;
    }
    result.detail = path->string();
    const auto answer = run_checked({path->string(), "--version"}, {}, std::chrono::seconds(10));
    if (!answer) {
        result.state = State::unusable;
        result.detail = answer.error().message();
        result.remedy = "Build or install Isolab again";
    }
    return result;
}

Prerequisite check_id_ranges() {
    Prerequisite result{"id-ranges", "ranges of user ids", State::found, "not needed as root", "", false};
    if (is_root())
        return result;
    ProcessSpec other_user;
    other_user.uid = 1;
    result.detail = "newuidmap and a range in /etc/subuid";
    if (const auto mappings = choose_user_mappings(other_user); !mappings) {
        result.state = State::missing;
        result.detail = mappings.error().cause;
        result.remedy = mappings.error().remedy;
    }
    return result;
}

Prerequisite check_rootless_network() {
    Prerequisite result{"rootless-network", "networks without root", State::found, "not needed as root", "", false};
    if (is_root())
        return result;
    const auto program = choose_rootless_program({});
    if (!program) {
        result.state = State::missing;
        result.detail = program.error().cause;
        result.remedy = program.error().remedy;
    } else {
        result.detail = *program == RootlessProgram::pasta ? "pasta" : "slirp4netns";
    }
    return result;
}

} // namespace

std::vector<Prerequisite> check_engine(const EngineOptions& options) {
    const Prerequisite folder = check_folder(options.root);
    return {check_launcher(options),
            folder,
            check_namespaces(),
            check_user_namespaces(),
            check_mount_interface(),
            check_seccomp(),
            check_overlay(options, folder),
            check_control_groups(),
            check_id_ranges(),
            check_rootless_network()};
}

} // namespace isolab
