// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/mount_options.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include <sys/mount.h>

namespace isolab {
namespace {

struct AttributeOption {
    std::string_view name;
    std::uint64_t set;
    std::uint64_t clear;
};

// Times of access are one field of three values, of which relatime is 0.
constexpr std::array attribute_options{
    AttributeOption{"ro", MOUNT_ATTR_RDONLY, 0},
    AttributeOption{"rw", 0, MOUNT_ATTR_RDONLY},
    AttributeOption{"nosuid", MOUNT_ATTR_NOSUID, 0},
    AttributeOption{"suid", 0, MOUNT_ATTR_NOSUID},
    AttributeOption{"nodev", MOUNT_ATTR_NODEV, 0},
    AttributeOption{"dev", 0, MOUNT_ATTR_NODEV},
    AttributeOption{"noexec", MOUNT_ATTR_NOEXEC, 0},
    AttributeOption{"exec", 0, MOUNT_ATTR_NOEXEC},
    AttributeOption{"noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    AttributeOption{"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    AttributeOption{"relatime", 0, MOUNT_ATTR__ATIME},
    AttributeOption{"atime", 0, MOUNT_ATTR__ATIME},
    AttributeOption{"nostrictatime", 0, MOUNT_ATTR__ATIME},
    AttributeOption{"norelatime", 0, 0},
    AttributeOption{"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    AttributeOption{"diratime", 0, MOUNT_ATTR_NODIRATIME},
    AttributeOption{"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0},
    AttributeOption{"symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW},
};

/// Options of mount(8) that mean what happens anyway.
constexpr std::array<std::string_view, 5> without_effect{"defaults", "silent", "loud", "iversion", "noiversion"};

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
    AttributeName{MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow"},
};

struct Propagation {
    std::string_view name;
    std::uint64_t flag;
};
constexpr std::array propagations{
    Propagation{"shared", MS_SHARED},
    Propagation{"slave", MS_SLAVE},
    Propagation{"private", MS_PRIVATE},
    Propagation{"unbindable", MS_UNBINDABLE},
};

/// The last word on an attribute counts.
void apply(AttributeChange& change, const AttributeOption& option) {
    change.set = (change.set & ~option.clear) | option.set;
    change.clear = (change.clear & ~option.set) | option.clear;
}

bool take_attribute(MountOptions& options, std::string_view word) {
    const auto* option = std::ranges::find(attribute_options, word, &AttributeOption::name);
    if (option != attribute_options.end()) {
        apply(options.change, *option);
        return true;
    }
    if (word.starts_with("r"))
        option = std::ranges::find(attribute_options, word.substr(1), &AttributeOption::name);
    if (option == attribute_options.end())
        return false;
    apply(options.tree, *option);
    return true;
}

struct Switch {
    std::string_view name;
    bool MountOptions::*member;
    bool value;
};
constexpr std::array switches{
    Switch{"bind", &MountOptions::bind, true},          Switch{"rbind", &MountOptions::bind, true},
    Switch{"rbind", &MountOptions::recursive, true},    Switch{"remount", &MountOptions::remount, true},
    Switch{"tmpcopyup", &MountOptions::copy_up, true},  Switch{"notmpcopyup", &MountOptions::copy_up, false},
    Switch{"idmap", &MountOptions::id_map, true},       Switch{"ridmap", &MountOptions::id_map, true},
    Switch{"ridmap", &MountOptions::id_map_tree, true},
};

bool take_switch(MountOptions& options, std::string_view word) {
    bool known = false;
    for (const Switch& one : switches)
        if (one.name == word) {
            options.*one.member = one.value;
            known = true;
        }
    return known;
}

bool take_propagation(MountOptions& options, const std::string& word) {
    const std::uint64_t flag = propagation_of(word);
    if (flag == 0)
        return false;
    options.propagation = flag;
    options.propagate_tree = word.front() == 'r';
    return true;
}

} // namespace

MountOptions parse_mount_options(const std::vector<std::string>& options) {
    MountOptions result;
    for (const std::string& word : options)
        if (!take_switch(result, word) && !take_propagation(result, word) && !take_attribute(result, word) &&
            std::ranges::find(without_effect, word) == without_effect.end())
            result.other.push_back(word);
    return result;
}

std::uint64_t propagation_of(const std::string& word) {
    for (const Propagation& one : propagations)
        if (word == one.name || (word.starts_with("r") && word.substr(1) == one.name))
            return one.flag;
    return 0;
}

std::vector<std::string> mount_option_names() {
    std::set<std::string> names(without_effect.begin(), without_effect.end());
    for (const Switch& one : switches)
        names.emplace(one.name);
    for (const AttributeOption& one : attribute_options)
        names.insert({std::string(one.name), "r" + std::string(one.name)});
    for (const Propagation& one : propagations)
        names.insert({std::string(one.name), "r" + std::string(one.name)});
    return {names.begin(), names.end()};
}

std::string describe_attributes(std::uint64_t attributes) {
    std::string text;
    for (const AttributeName& attribute : attribute_names)
        if ((attributes & attribute.bit) == attribute.bit)
            text += (text.empty() ? "" : ",") + std::string(attribute.name);
    return text;
}

} // namespace isolab
