// SPDX-License-Identifier: GPL-3.0-or-later
//
// Start here: the virtual machine backend's facade.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/file_owner.h"
#include "engine/base/instance.h"
#include "engine/base/prerequisite.h"
#include "engine/base/process_spec.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"

namespace isolab {

enum class Accelerator { kvm, tcg };
constexpr const char* accelerator_id(Accelerator accelerator) noexcept {
    return accelerator == Accelerator::kvm ? "kvm" : "tcg";
}

/// What a machine is, beside its size.
enum class MachineKind {
    standard, ///< what a careful user of libvirt gets: q35 with ACPI and virtio devices, the kernel started directly
    lean,     ///< the least that runs the workload: nothing emulated that is not used, no ACPI where that is dear
};
constexpr const char* machine_kind_id(MachineKind kind) noexcept {
    return kind == MachineKind::lean ? "lean" : "standard";
}

struct HypervisorOptions {
    std::filesystem::path root;                  ///< data folder
    std::optional<std::string> uri;              ///< libvirt connection; empty: qemu:///embed in our own process
    std::optional<Accelerator> accelerator;      ///< forced; empty: KVM when it really works
    MachineKind kind = MachineKind::standard;    ///< of all machines
    std::filesystem::path guest_init;            ///< isolab-guest-init; empty: beside this program
    std::optional<std::filesystem::path> kernel; ///< bzImage or vmlinux; empty: found by guest_kernel
    std::chrono::nanoseconds boot_deadline = std::chrono::seconds(60); ///< no sign of life by then: ended
};

/// What a disk is made from. A tree of a caller without privilege cannot show the owners; then `owners` does.
struct DiskContent {
    std::filesystem::path tree;
    FileOwners owners;
    DiskContent(std::filesystem::path from, FileOwners belonging = {}) // NOLINT: a tree alone is content, too
        : tree(std::move(from)), owners(std::move(belonging)) {}
};

/// A root file system as a disk, made once per image.
struct GuestDisk {
    std::filesystem::path path; ///< raw ext4, never written after it was made
    std::string digest;         ///< the image's digest it was made from
    std::uint64_t logical = 0;  ///< bytes
    std::uint64_t allocated = 0;
};

struct MachineRequest {
    GuestDisk disk;
    ProcessSpec process;
    ResourceLimits limits; ///< memory_bytes must be given: a machine always has a size
    std::optional<PortProbe> probe;
    std::string hostname;
};

/// Memory as the guest's own kernel counts it (its /proc/meminfo), bytes.
struct GuestMemory {
    std::uint64_t total = 0, free = 0, available = 0, cached = 0, buffers = 0, anonymous = 0, slab = 0,
                  kernel_stack = 0, page_tables = 0;
};

struct MachineUsage {
    pid_t vmm_pid = -1;                              ///< QEMU
    std::optional<std::uint64_t> guest_ram_resident; ///< of QEMU's memory: guest RAM that was touched, bytes
    std::optional<std::uint64_t> code_cache;         ///< of it: translated code (TCG only), bytes
    std::optional<GuestMemory> guest;                ///< asked over the channel; empty when the guest did not answer
    std::optional<Nanoseconds> cpu;                  ///< as Machine::cpu() tells it
};

struct MachineDisk {
    std::uint64_t logical = 0, allocated = 0, shared = 0, unique = 0; ///< shared (base) + unique (layer) = allocated
};

struct MachineExit {
    ExitStatus status;
    Nanoseconds exited_at{0};              ///< the workload's process ended, as the guest told
    Nanoseconds gone_at{0};                ///< QEMU has ended and the domain is gone
    std::optional<Nanoseconds> cpu_total;  ///< as Machine::cpu() tells it, at the end
    std::optional<std::uint64_t> peak_rss; ///< of the QEMU process (VmHWM, read when the workload ended)
};

/// A running virtual machine. Destroying it destroys the domain and removes its files.
/// Methods may be called from any thread except the observer's; stop() may overlap wait().
class Machine {
  public:
    virtual ~Machine() = default;
    virtual const std::string& id() const noexcept = 0;
    virtual Result<MachineExit> wait(const StopToken& stop,
                                     std::optional<std::chrono::nanoseconds> timeout = std::nullopt) = 0;
    /// SIGTERM to the workload, after `grace` SIGKILL, then a clean power-off; a guest that does not answer is
    /// destroyed. Returns when the domain is gone.
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

/// How machines are run here, for the contract, the environment record and the status line.
struct HypervisorFacts {
    Accelerator accelerator = Accelerator::tcg;
    std::string accelerator_reason; ///< why not KVM, and what to do; empty with KVM
    std::string uri;
    MachineKind kind = MachineKind::standard;
    std::string machine_type; ///< "q35", "pc"
    bool acpi = true;
    std::string firmware;   ///< "qboot", "SeaBIOS"
    std::string disk_cache; ///< QEMU's cache mode, "writeback"
    std::string kernel;     ///< release, "6.1.0-56-cloud-amd64"
    std::string kernel_line;
    std::string qemu_version; ///< "7.2.22"
    std::string libvirt_version;
};

class Hypervisor {
  public:
    /// Finds kernel, QEMU and accelerator, opens the connection and removes leftovers of earlier processes.
    static Result<std::unique_ptr<Hypervisor>> open(const HypervisorOptions& options, const StopToken& stop);
    virtual ~Hypervisor() = default;

    virtual HypervisorFacts facts(const ResourceLimits& limits) const = 0;

    /// The cached disk of an image, if it was made before.
    virtual std::optional<GuestDisk> find_disk(const std::string& image_digest) const = 0;
    /// Makes the disk of an image; it appears in one step when complete.
    virtual Result<GuestDisk> make_disk(const DiskContent& content, const std::string& image_digest,
                                        ProgressSink& progress, const StopToken& stop) = 0;

    /// Starts a machine and waits until the workload was executed in it, with the marks prepare, create, firmware,
    /// kernel, setup and exec delivered. A guest without a sign of life within the deadline is ended and
    /// reported with its last console lines. On failure nothing is left behind. `observer` must outlive it.
    virtual Result<std::unique_ptr<Machine>> start(const MachineRequest& request, InstanceObserver& observer,
                                                   const StopToken& stop) = 0;
};

/// Looks at this machine without changing it: QEMU, libvirt, KVM, kernel, tools.
std::vector<Prerequisite> check_virt(const HypervisorOptions& options);

} // namespace isolab
