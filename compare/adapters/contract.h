// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "compare/adapters/image_plan.h"
#include "compare/model/backend.h"
#include "compare/model/world.h"
#include "engine/engine.h"
#include "virt/machine_image/machine_image.h"
#include "virt/virt.h"

namespace isolab {

/// What a workload finds on this host, in the container's contract.
struct HostShape {
    unsigned cpus = 1;            ///< that this process, and so its containers, may use
    std::uint64_t memory = 0;     ///< bytes
    std::uint64_t disk_free = 0;  ///< bytes, where containers write
    std::uint64_t block_size = 0; ///< bytes, there
};

/// Reads them; `data` is the folder in which containers write.
HostShape host_shape(const std::filesystem::path& data);

/// What tells a world of the host's own processes from another of them. A value.
struct ContainerSide {
    World world = world_of_id("container");
    Ingredients ingredients;
    std::optional<std::filesystem::path> runtime; ///< another OCI runtime; empty: our own
};

/// The contract rows that must be equal in all worlds. Pure.
std::vector<ContractRow> common_contract(const ImagePlan& plan, const Workload& workload);

/// All that a process can find to be different in a container and in a machine: a probe program that runs in both
/// proves that nothing is missing (tests/compare/adapters/world_probe.cpp). Pure.
///
/// A limit that is not enforced is shown as none.
std::vector<ContractRow> container_contract(const ImagePlan& plan, const Workload& workload, const EngineFacts& facts,
                                            const HostShape& host, const ContainerSide& side = {});
/// What libvirt's LXC driver makes of the rows of container_contract(); `libvirt`: its version. Pure.
std::vector<ContractRow> lxc_contract(const ImagePlan& plan, const Workload& workload, const EngineFacts& facts,
                                      const HostShape& host, const std::string& libvirt);
std::vector<ContractRow> machine_contract(const ImagePlan& plan, const Workload& workload, const HypervisorFacts& facts,
                                          const GuestDisk& disk);

/// An installed system that a workload runs in. A value.
struct SystemSide {
    MachineImage image;
    DiskFirmware firmware = DiskFirmware::bios;
};

/// Changes the rows of machine_contract() to what a whole machine is. Pure.
void describe_system(std::vector<ContractRow>& rows, const Workload& workload, const HypervisorFacts& facts,
                     const SystemSide& system);

/// The notice "memory-raised" where a machine has more than the workload asks for, otherwise none. Pure.
std::vector<Notice> machine_notices(const World& world, const Workload& workload, const HypervisorFacts& facts);

/// The notices "limits", unless the world is to have none, and "shared-memory" where no control group is there,
/// otherwise none. Pure.
std::vector<Notice> container_notices(const Workload& workload, const EngineFacts& facts,
                                      const ContainerSide& side = {});

} // namespace isolab
