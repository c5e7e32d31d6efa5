// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "engine/base/subprocess.h"
#include "virt/libvirt/domain_events.h"
#include "virt/libvirt/libvirt_handles.h"
#include "virt/libvirt/slot.h"

namespace isolab {

/// A connection to libvirt and this process's place beside it. libvirt's calls are thread-safe and block.
struct VirtConnection {
    Slot slot;
    ConnectionHandle handle;
    std::string uri;
    std::filesystem::path root; ///< data folder, canonical
    bool embedded = false;      ///< QEMU processes are then our own children's children
    bool daemon = false;        ///< a QEMU driver in a server
    bool labels = false;        ///< it chooses QEMU's user (security model "dac"), and would give it our files
    std::shared_ptr<DomainEvents> events; ///< what goes wrong with the domains
    std::optional<ChildProcess> keeper;   ///< waits for this process's end, to clean up after it
};

/// Opens `uri`, or without one the QEMU driver inside this process ("qemu:///embed?root=SLOT", no daemon). libvirt
/// allows one embedded driver per process, for its whole life: later calls share the first, and another data folder is
/// refused. A server that does not answer within ten seconds is an Error of kind timeout. A new connection first
/// destroys what dead processes of this data folder left running; a shared one must not, its slot's machines are alive.
///
/// `keeper` is the program isolab-vm-keeper, which removes at once what this process leaves when it is killed; without
/// one the next process does.
///
/// The first call starts libvirt's event loop in a thread that lives as long as the process.
Result<std::shared_ptr<VirtConnection>> open_connection(const std::filesystem::path& root,
                                                        const std::optional<std::string>& uri, const StopToken& stop,
                                                        const std::filesystem::path& keeper = {});

/// Whether a server answers at `uri`, with the same time limit and the same Error; takes no place in a data folder.
Result<void> try_connection(const std::string& uri, const StopToken& stop);

/// Destroys domains of this data folder whose process is dead: on a daemon they outlive it.
Result<void> destroy_leftover_domains(const VirtConnection& connection);

/// As root the embedded driver looks the user and group libvirt-qemu up, whatever its configuration says; unavailable
/// with the remedy when there are none. Success for other users.
Result<void> check_driver_user();

/// What the embedded driver is told in its qemu.conf. Pure.
std::string embedded_configuration(bool as_root);

} // namespace isolab
