// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace isolab::guest {

/// Mounts /proc, /sys and /dev of the initial file system, as far as drivers need them.
void mount_early() noexcept;

/// Loads /modules/00.ko, 01.ko, ... in this order (finit_module(2)); a module that is there already is fine.
void load_modules() noexcept;

/// Mounts a disk (ext4), waiting at most two seconds for it, at the folder `place`, which is made, and makes it the
/// root; then mounts what a container would find there as well. Other mounts are out of reach afterwards.
void switch_to_disk(const char* disk, const char* place) noexcept;

/// What a container of ours finds in /dev beside its devices: shared memory, message queues, the standard streams.
void complete_devices() noexcept;

/// Brings the loopback interface up, sets the host name and shows it (show_names()).
void set_up_network(const char* hostname) noexcept;

} // namespace isolab::guest
