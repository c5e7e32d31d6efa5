// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which devices a group may use: rules as values, and the kernel's cgroup v1 list of exceptions. Pure.
// cgroup/device_program.h makes a program for cgroup2 out of the same rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace isolab {

/// Ways to use a device, as bits; the values are those of BPF_DEVCG_ACC_*.
enum DeviceAccess : std::uint8_t { device_mknod = 1, device_read = 2, device_write = 4, device_all_access = 7 };

/// One entry of `linux.resources.devices`. Of the rules that match a device, the last one decides about each kind of
/// access that it names.
struct DeviceRule {
    bool allow = false;
    char type = 'a';                    ///< 'c', 'b', or 'a' for both
    std::optional<std::uint32_t> major; ///< empty: all
    std::optional<std::uint32_t> minor;
    std::uint8_t access = device_all_access;

    bool operator==(const DeviceRule&) const = default;
};

/// "rwm" in any order; empty text means all. invalid_argument for other letters.
Result<std::uint8_t> parse_device_access(const std::string& text);
std::string device_access_text(std::uint8_t access);

/// The rules for what every container needs, to be put after its own: the default devices (config-linux.md, "Default
/// Devices"), terminals, and making of nodes, which without access is harmless.
const std::vector<DeviceRule>& default_device_rules();

/// What a list of rules comes down to: everything or nothing, and exceptions from it that do not depend on order.
/// In `exceptions` no type is 'a'.
struct DeviceAccessList {
    bool allows_by_default = false;
    std::vector<DeviceRule> exceptions; ///< each with `allow` opposite to the default

    bool operator==(const DeviceAccessList&) const = default;
};

/// Whether a rule is about every access to every device.
bool is_everything(const DeviceRule& rule);

/// Normalises `rules` on top of a default of "nothing". unsupported when the result has no such form, because a rule
/// takes back a part of what a wider one gave: cgroup v1 cannot express that.
Result<DeviceAccessList> normalise_device_rules(const std::vector<DeviceRule>& rules);

/// What a process asking for `access` to one device ('c' or 'b') is told. The reference that the others are tested
/// against; without any matching rule the answer is no.
bool device_is_allowed(const std::vector<DeviceRule>& rules, char type, std::uint32_t major, std::uint32_t minor,
                       std::uint8_t access);

/// A rule as devices.allow and devices.deny take it: "c 1:3 rwm".
std::string v1_device_text(const DeviceRule& rule);

/// The content of devices.list. A group that allows everything but exceptions does not list these.
DeviceAccessList parse_v1_device_list(std::string_view text);

/// One write to devices.allow or devices.deny.
struct DeviceListChange {
    bool allow = false;
    std::string text;

    bool operator==(const DeviceListChange&) const = default;
};

/// What turns the list of a v1 group into `wanted`. Nothing that both lists allow is denied on the way: programs in the
/// container go on meanwhile. `now` empty: not known, so that all is written.
std::vector<DeviceListChange> plan_device_list(const std::optional<DeviceAccessList>& now,
                                               const DeviceAccessList& wanted);

} // namespace isolab
