// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <sys/types.h>

#include "virt/guest/boot_phases.h"

namespace isolab {

/// The process of the host by which a guest lives, and what is known through it: QEMU, or the controller of a container
/// of libvirt's. Methods may be called from any thread.
class GuestProcess {
  public:
    virtual ~GuestProcess() = default;
    virtual pid_t pid() const noexcept = 0;
    /// A pidfd(2): readable when it has ended.
    virtual int pidfd() const noexcept = 0;
    /// CPU time used so far for the guest, what it took to start it included; empty when it has ended.
    virtual std::optional<Nanoseconds> cpu() const noexcept = 0;
    /// Peak of its resident set, bytes, asked when the workload has ended.
    virtual std::optional<std::uint64_t> peak_memory(const guest::Exited& exited) const = 0;
    /// SIGKILL; harmless when it has ended.
    virtual void kill() noexcept = 0;
    /// What is known only after its end; empty where it is nothing more.
    struct Remains {
        Nanoseconds cpu{0};
        std::uint64_t peak_memory = 0; ///< bytes
    };
    /// Once it has ended, once.
    virtual std::optional<Remains> reap() noexcept = 0;
    /// The marks of phases that ended before the guest could speak, told by its `hello`, which arrived at `arrival`:
    /// none is before `begin`, when watching began.
    virtual std::vector<PhaseMark> early_marks(const guest::Hello& hello, Nanoseconds arrival, Nanoseconds begin,
                                               const CpuTrail& trail) const = 0;
};

} // namespace isolab
