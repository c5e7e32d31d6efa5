// SPDX-License-Identifier: GPL-3.0-or-later
//
// The options of a mount in an OCI runtime specification (config.md, "Linux mount options") as attributes of
// mount_setattr(2). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace isolab {

/// Attributes to set and to clear: MOUNT_ATTR_*.
struct AttributeChange {
    std::uint64_t set = 0;
    std::uint64_t clear = 0;

    bool operator==(const AttributeChange&) const = default;
    bool empty() const { return *this == AttributeChange{}; }
};

/// What the options ask for that every kind of mount knows.
struct MountOptions {
    AttributeChange change;         ///< of the mount itself: "ro", "nosuid"
    AttributeChange tree;           ///< of it and all below it: "rro", "rnosuid"
    std::uint64_t propagation = 0;  ///< MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE; 0: as private
    bool propagate_tree = false;    ///< "rshared" and the like
    bool bind = false;              ///< "bind", "rbind"
    bool recursive = false;         ///< "rbind"
    bool remount = false;           ///< changes what is mounted there already
    bool copy_up = false;           ///< "tmpcopyup"
    bool id_map = false;            ///< "idmap", "ridmap"
    bool id_map_tree = false;       ///< "ridmap"
    std::vector<std::string> other; ///< left to the file system: "mode=755", "sync"
};

MountOptions parse_mount_options(const std::vector<std::string>& options);

/// MS_SLAVE for "slave" and "rslave", and so on; 0 for a word that is no propagation.
std::uint64_t propagation_of(const std::string& word);

/// Every option that parse_mount_options() gives a meaning, sorted.
std::vector<std::string> mount_option_names();

/// "ro,nosuid", for people.
std::string describe_attributes(std::uint64_t attributes);

} // namespace isolab
