// SPDX-License-Identifier: GPL-3.0-or-later
//
// Start here: the virtual machine backend's facade.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/instance.h"
#include "engine/base/prerequisite.h"
#include "engine/base/process_spec.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"
#include "virt/host/hypervisor_options.h"
#include "virt/machine/machine.h"
#include "virt/machine_image/machine_image.h"
#include "virt/storage/guest_image.h"

namespace isolab {

/// How machines are run here, for the contract, the environment record and the status line.
struct HypervisorFacts {
    Accelerator accelerator = Accelerator::tcg;
    std::string accelerator_reason; ///< why not KVM, and what to do; empty with KVM
    std::string uri;
    MachineKind kind = MachineKind::standard;
    std::string machine_type; ///< "q35", "pc"
    bool acpi = true;
    std::string firmware;   ///< "qboot", "SeaBIOS"; of kind full without UEFI
    std::string disk_cache; ///< QEMU's cache mode, "writeback"
    std::string kernel;     ///< release, "6.1.0-56-cloud-amd64"
    std::string kernel_line;
    bool compressed_kernel = false; ///< it unpacks itself
    bool network_card = false;
    std::uint64_t memory = 0; ///< bytes that a machine with these limits has
    std::string qemu_version; ///< "7.2.22"
    std::string libvirt_version;
};

class Hypervisor {
  public:
    /// Finds kernel, QEMU and accelerator, opens the connection and removes leftovers of earlier processes.
    static Result<std::unique_ptr<Hypervisor>> open(const HypervisorOptions& options, const StopToken& stop);
    virtual ~Hypervisor() = default;

    /// `kind` of machine; empty: the one it was opened for.
    virtual HypervisorFacts facts(const ResourceLimits& limits, std::optional<MachineKind> kind = {},
                                  const MachineExtras& extras = {}) const = 0;

    /// The disk of an image that was made before (GuestImages::find()): not_found, or corrupt when it is damaged.
    virtual Result<GuestDisk> find_disk(const std::string& image_digest) const = 0;
    /// Makes the disk of an image (GuestImages::make()), in the place of a damaged one too; it appears in one step when
    /// complete.
    virtual Result<GuestDisk> make_disk(const DiskContent& content, const std::string& image_digest,
                                        ProgressSink& progress, const StopToken& stop) = 0;

    /// An image as what a machine of kind full boots, with the seed disk that starts the agent in it; that is made
    /// once. Empty `firmware`: the image's, BIOS before UEFI. The image must be held (MachineImageStore::hold()) until
    /// the machine has ended. unsupported: the image does not start by that firmware; unavailable, with the package:
    /// mkfs.vfat, mcopy or the firmware is missing.
    virtual Result<SystemDisk> prepare_system(const MachineImage& image, std::optional<DiskFirmware> firmware,
                                              const StopToken& stop) const = 0;

    /// Starts a machine and waits until the workload was executed in it, with the marks prepare, create, firmware,
    /// kernel, setup and exec delivered. A guest without a sign of life within the deadline is ended and
    /// reported with its last console lines. On failure nothing is left behind. corrupt: the guest cannot use its disk,
    /// which the error names; the disk has been removed, so that it can be made again. `observer` must outlive it.
    virtual Result<std::unique_ptr<Machine>> start(const MachineRequest& request, InstanceObserver& observer,
                                                   const StopToken& stop) = 0;
};

/// Looks at this machine without changing it: QEMU, libvirt, KVM, kernel, tools.
std::vector<Prerequisite> check_virt(const HypervisorOptions& options);

} // namespace isolab
