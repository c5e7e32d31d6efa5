// SPDX-License-Identifier: GPL-3.0-or-later
//
// Device rules for cgroup2, which has no files for them: a program that the kernel asks at each use of a device
// (BPF_PROG_TYPE_CGROUP_DEVICE, bpf(2); Documentation/admin-guide/cgroup-v2.rst, "Device controller").
#pragma once

#include <string>
#include <vector>

#include <linux/bpf.h>

#include "engine/cgroup/device_rules.h"

namespace isolab {

/// The program that answers as device_is_allowed() does. Pure.
std::vector<bpf_insn> make_device_program(const std::vector<DeviceRule>& rules);

/// Loads the program and attaches it to a group. Programs that were attached to the same group go afterwards, so that
/// at no time there is none. An empty program only detaches.
Result<void> attach_device_program(const std::vector<bpf_insn>& program, const std::string& directory);

/// Attaches to a group that is known to have no programs.
Result<void> attach_first_device_program(const std::vector<bpf_insn>& program, const std::string& directory);

} // namespace isolab
