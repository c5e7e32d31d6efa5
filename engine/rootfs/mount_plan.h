// SPDX-License-Identifier: GPL-3.0-or-later
//
// From the mounts of a runtime specification to the exact steps that the launcher takes. Pure: nothing here touches the
// system, so every plan can be printed and compared with a golden file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/rootfs/id_mapping.h"
#include "engine/rootfs/mount_options.h"
#include "engine/rootfs/overlay_paths.h"

namespace isolab {

/// One entry of `mounts` in an OCI runtime specification (config.md, "Mounts").
struct Mount {
    std::string destination; ///< absolute path inside the container
    std::string type;        ///< file system type; empty or "bind" for bind mounts
    std::string source;
    std::vector<std::string> options;    ///< as in fstab(5): "ro", "nosuid", "size=64m", ...
    std::vector<IdMapping> uid_mappings; ///< of an id-mapped mount (mount_setattr(2)); empty: not one
    std::vector<IdMapping> gid_mappings;
};

/// A device that the container may use. The host's node of the same path is shown when it has the same type and
/// numbers, read-only so that its inode cannot be changed; otherwise, or with a mode of its own, a node is made.
struct DeviceNode {
    std::string path; ///< "/dev/null"
    unsigned major = 0;
    unsigned minor = 0;
    char type = 'c';              ///< 'c', 'b' or, without numbers, 'p' for a fifo
    std::optional<unsigned> mode; ///< permission bits; empty: the host's node, or 0666
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

struct MountStep {
    enum class Kind {
        overlay,    ///< the root; `lowers`, `upper`, `work`
        bind,       ///< `source` of the host, with its submounts when `recursive`
        filesystem, ///< a new instance of `type` with `data`
        cgroup,     ///< the container's own control groups
        remount,    ///< changes what is mounted at `target` already
    };
    Kind kind = Kind::filesystem;
    std::string target; ///< inside the container; "/" for the root
    std::string type;
    std::string source;
    std::vector<std::string> data;   ///< parameters of the file system: "mode=755", "userxattr"
    std::vector<std::string> lowers; ///< uppermost first
    std::string upper;
    std::string work;
    std::uint64_t attributes = 0;  ///< MOUNT_ATTR_* of mount_setattr(2)
    std::uint64_t cleared = 0;     ///< attributes that the source may have and the mount must not; bind and remount
    AttributeChange tree;          ///< for the mount and all below it
    std::uint64_t propagation = 0; ///< MS_SHARED, MS_SLAVE, MS_UNBINDABLE; 0: private
    bool propagate_tree = false;
    bool recursive = false;
    bool copy_up = false;                ///< tmpfs: begins with what the root has at `target` ("tmpcopyup")
    std::vector<IdMapping> uid_mappings; ///< of an id-mapped bind mount; empty: not one
    std::vector<IdMapping> gid_mappings;
    bool id_map_tree = false;

    bool id_mapped() const { return !uid_mappings.empty(); }
};

struct MountPlan {
    std::string root_path; ///< where the root is mounted in the launcher's namespace
    MountStep root;
    bool root_read_only = false;   ///< set after everything was mounted below it
    bool in_own_namespace = true;  ///< of mounts; otherwise everything is mounted in the caller's, below the root alone
    std::uint64_t propagation = 0; ///< of the container's mounts as a whole, and what its binds can receive: MS_*
    std::vector<MountStep> mounts;
    std::vector<DeviceNode> devices;
    std::vector<std::pair<std::string, std::string>> links; ///< path, target
    std::vector<std::string> masked;                        ///< hidden behind nothing; missing ones are skipped
    std::vector<std::string> read_only;                     ///< remounted read-only; missing ones are skipped
    std::vector<std::string> warnings;                      ///< what was asked for and has no effect
};

/// What a plan is made from.
struct MountRequest {
    std::string root_path; ///< absolute
    bool root_read_only = false;
    std::vector<Mount> mounts;
    std::vector<DeviceNode> devices; ///< in addition to the default ones
    std::vector<std::string> masked;
    std::vector<std::string> read_only;
    std::string propagation;             ///< `linux.rootfsPropagation`
    std::string label;                   ///< `linux.mountLabel`
    bool devices_are_limited = false;    ///< by the container's control group
    std::vector<IdMapping> uid_mappings; ///< of the container, for mounts with "idmap" and no map of their own
    std::vector<IdMapping> gid_mappings;
};

/// Makes the plan, keeping the order of the mounts. An entry of type "overlay" with destination "/" becomes the root
/// (options lowerdir, upperdir, workdir as in the kernel's overlayfs documentation); without one the root is a bind
/// mount of `root_path`. Unless a control group limits what devices can be used, every mount gets nodev except devpts,
/// because device access is then granted by the nodes of the plan alone and a container may hold CAP_MKNOD. A tmpfs on
/// /dev receives the default devices and links. invalid_argument names the entry for relative destinations, unknown
/// bind options and incomplete overlays.
Result<MountPlan> plan_mounts(const MountRequest& request);

/// One line per step, for golden files and for people.
std::string describe(const MountPlan& plan);

/// The inverse of join_lower_directories().
std::vector<std::string> split_lower_directories(const std::string& text);

} // namespace isolab
