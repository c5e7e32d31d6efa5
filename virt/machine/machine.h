// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <sys/types.h>

#include "engine/base/instance.h"
#include "engine/base/process_spec.h"
#include "engine/base/stop.h"
#include "virt/guest/guest_memory.h"
#include "virt/host/hypervisor_options.h"
#include "virt/machine/system_disk.h"
#include "virt/storage/guest_disk.h"

namespace isolab {

struct MachineRequest {
    GuestDisk disk;
    ProcessSpec process;
    ResourceLimits limits; ///< memory_bytes must be given: a machine always has a size
    std::optional<PortProbe> probe;
    std::string hostname;
    ProcessConfinement confinement;
    std::optional<MachineKind> kind;  ///< empty: the kind that the hypervisor was opened for
    MachineExtras extras;             ///< of a lean one
    std::optional<SystemDisk> system; ///< what a machine of kind full boots, which no other one has
};

struct MachineUsage {
    pid_t vmm_pid = -1;                              ///< QEMU
    std::optional<std::uint64_t> guest_ram_resident; ///< of QEMU's memory: guest RAM that was touched, bytes
    std::optional<std::uint64_t> code_cache;         ///< of it: translated code (TCG only), bytes
    std::optional<GuestMemory> guest;                ///< asked over the channel; empty when the guest did not answer
    std::optional<Nanoseconds> cpu;                  ///< as Machine::cpu() tells it
};

struct MachineDisk {
    /// Of all its disks: shared (what they lie on) + unique (its own layers) = allocated.
    std::uint64_t logical = 0, allocated = 0, shared = 0, unique = 0;
};

struct MachineExit {
    ExitStatus status;
    Nanoseconds exited_at{0};              ///< the workload's process ended, as the guest told
    Nanoseconds gone_at{0};                ///< QEMU has ended and the domain is gone
    std::optional<Nanoseconds> cpu_total;  ///< as Machine::cpu() tells it, at the end
    std::optional<std::uint64_t> peak_rss; ///< of the QEMU process (VmHWM, read when the workload ended)
    /// The workload by stop(), since it did not heed its stop signal, or the machine, since it did not power off.
    bool killed = false;
};

/// A running virtual machine. Destroying it destroys the domain and removes its files.
/// Methods may be called from any thread except the observer's; stop() may overlap wait().
class Machine {
  public:
    virtual ~Machine() = default;
    virtual const std::string& id() const noexcept = 0;
    /// no_space, or system: the host could not write or read the machine's disk, of which the observer was warned at
    /// once; how the workload ended was told, but its result does not count. A machine that is paused is ended.
    virtual Result<MachineExit> wait(const StopToken& stop,
                                     std::optional<std::chrono::nanoseconds> timeout = std::nullopt) = 0;
    /// The stop signal of its process to the workload, after `grace` SIGKILL, then a clean power-off; a guest that does
    /// not answer is destroyed. Returns when the domain is gone.
    virtual Result<MachineExit> stop(std::chrono::nanoseconds grace) = 0;
    virtual Result<MachineUsage> usage() const = 0;
    /// CPU time used so far: of QEMU, and of the thread that prepared and created it; not_found when QEMU has ended.
    /// Marks count the same.
    virtual Result<Nanoseconds> cpu() const = 0;
    /// Of what the workload has written by now: the guest's page cache is written out first. After the workload's end
    /// this waits for the power-off, since the guest writes its disk then.
    virtual Result<MachineDisk> disk() const = 0;
    virtual Result<std::string> exchange(std::uint16_t port, const std::string& send, const std::string& expect,
                                         std::chrono::milliseconds timeout) = 0;
};

} // namespace isolab
