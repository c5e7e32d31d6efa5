// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "virt/guest_init/guest_protocol.h"
#include "virt/machine/domain_spec.h"

namespace isolab {

/// Name of the guest's virtio-serial port.
inline constexpr const char* channel_name = guest::channel_name;

/// How QEMU treats the host's page cache: writes go through it, and the guest's flushes reach the host's disk, just as
/// fsync(2) in a container does.
inline constexpr const char* disk_cache = "writeback";

/// The domain as libvirt wants it (formatdomain.html), for the QEMU driver. Pure.
///
/// What the host cannot read or write is an I/O error in the guest, as it would be in a container; left to itself QEMU
/// pauses the guest of a full disk until somebody has made room.
///
/// PCI slots are given so that nothing is added by libvirt; the capability "cpu-unavailable-features" is
/// switched off because asking QEMU for it costs some hundred round trips at each start.
std::string domain_xml(const DomainSpec& spec);

} // namespace isolab
