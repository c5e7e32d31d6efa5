// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an agent asks of the system around it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace isolab::guest {

/// When systemd began, by boot_time(), ns: the stamp of its greeting in the kernel's log ("systemd 252 running in
/// system mode"), the last one where an initial file system has a systemd of its own. The log's clock begins a little
/// earlier than boot_time(); a line of our own tells by how much. 0: the log does not tell.
std::uint64_t find_system_start() noexcept;

/// The machine's memory is the workload's: when it is exhausted this process stays, as a first process would.
void avoid_out_of_memory_killer() noexcept;

/// Makes a control group for the workload below this service's own (version 2), without limits.
void make_workload_group() noexcept;

/// Writes the path of the disk with the serial number workload_disk_serial into `path`. Waits for it as long as
/// switch_to_disk() would.
void find_workload_disk(char* path, std::size_t size) noexcept;

/// From here on `/` is the workload's disk, which power_off() writes out.
void note_disk_is_root() noexcept;

} // namespace isolab::guest
