// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/file_tree.h"
#include "virt/guest/unix_listener.h"
#include "virt/machine/domain_spec.h"
#include "virt/machine/machine.h"
#include "virt/machine/running_machine.h"

namespace isolab {

/// The files of one machine; removed with it.
struct MachineFiles {
    std::string id;
    std::string name; ///< of the domain
    TemporaryTree folder;
    TemporaryTree log; ///< written by the embedded driver
    UnixListener console;
    UnixListener channel;

    std::filesystem::path layer() const { return folder.path() / "disk.qcow2"; }          ///< over the workload's disk
    std::filesystem::path system_layer() const { return folder.path() / "system.qcow2"; } ///< over the system's
    std::filesystem::path variables() const { return folder.path() / "variables.fd"; }    ///< of its UEFI firmware
};

/// The shape of the machine that is asked for.
MachineShape shape_of(const MachineHost& host, const MachineRequest& request);

/// Makes them: writable layers, the firmware's variables, sockets. invalid_argument for a machine of kind full without
/// a system to boot; unavailable without its firmware.
Result<MachineFiles> make_machine_files(const MachineHost& host, const MachineRequest& request);

/// What libvirt is to start.
DomainSpec describe_domain(const MachineHost& host, const MachineRequest& request, const MachineFiles& files);

} // namespace isolab
