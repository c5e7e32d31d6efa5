// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <libvirt/libvirt.h>

#include "engine/base/error.h"

namespace isolab {

/// libvirt's embedded driver loads a module with its first disk. When that is newer than the driver (Debian has it in
/// another package), libvirt takes all it knows of QEMU for outdated (src/util/virutil.c, virUpdateSelfLastChanged()):
/// the second machine of each process would ask QEMU again, in 0.7 s of its own creation. So the module is loaded
/// when the driver is opened. No call does just that: a domain that cannot start has a disk of which a byte is read.

/// Writes that domain before the driver opens. `slot` holds `etc/qemu.conf` already; ErrorKind::system.
Result<void> place_disk_module_domain(const std::filesystem::path& slot);
/// Loads the module and removes the domain. Never fails: without the module libvirt opens disks by itself.
void load_disk_module(virConnectPtr connection) noexcept;

} // namespace isolab
