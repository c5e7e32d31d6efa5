// SPDX-License-Identifier: GPL-3.0-or-later
//
// What both worlds tell about one running instance, in the same words: phases, marks, events.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "engine/base/clock.h"
#include "engine/base/process_spec.h"

namespace isolab {

/// The steps from "start" to "gone", in order, the same axis in both worlds. A container has neither firmware
/// nor kernel of its own: those phases have length zero there.
enum class Phase : std::uint8_t {
    prepare,  ///< container: snapshot, mount plan; machine: writable disk layer, domain description
    create,   ///< container: cgroup, launcher process; machine: libvirt creates, QEMU runs
    firmware, ///< machine: virtual CPU starts until the guest kernel's clock starts
    kernel,   ///< machine: until the guest's init runs
    setup,    ///< namespaces, mounts, capabilities, seccomp; in the guest: modules, mounts, loopback
    exec,     ///< execve(2) of the workload succeeded
    ready,    ///< the workload's readiness condition holds
    stop,     ///< asked to stop (or the workload ended) until everything is gone
};
inline constexpr std::size_t phase_count = 8;
inline constexpr std::array<std::string_view, phase_count> phase_ids{"prepare", "create", "firmware", "kernel",
                                                                     "setup",   "exec",   "ready",    "stop"};
constexpr std::string_view phase_id(Phase phase) noexcept { return phase_ids[static_cast<std::size_t>(phase)]; }

/// The end of a phase. It began where the phase before it ended.
struct PhaseMark {
    Phase phase = Phase::prepare;
    Nanoseconds at{0}; ///< monotonic_now() on the host
    /// CPU time that every process of the instance (launcher or QEMU included) had used by then, if known.
    std::optional<Nanoseconds> cpu;
};

enum class OutputStream : std::uint8_t { out, err, console };

/// A condition that can only be asked from inside the instance's own network: used for readiness.
struct PortProbe {
    std::uint16_t port = 0;
    std::optional<std::string> http_path; ///< set: HTTP must answer there; unset: a connection is accepted
};

/// Told what happens to an instance while it happens. Called from one thread of the instance, one call at a
/// time, so implementations must be quick; they may not call back into the instance. Times are
/// monotonic_now(). No call follows on_exit() or on_lost() except warnings and
/// output that was already under way.
class InstanceObserver {
  public:
    virtual ~InstanceObserver() = default;
    /// The host process that stands for the instance now runs: a container's monitor, a machine's QEMU. Comes
    /// before its first mark where it is known so early; what it costs can be watched from here on.
    virtual void on_process(pid_t /*pid*/) {}
    /// Marks arrive in the order of Phase for prepare..exec; ready and stop are the caller's to decide.
    virtual void on_mark(const PhaseMark& mark) = 0;
    virtual void on_output(OutputStream stream, std::string_view bytes, Nanoseconds at) = 0;
    /// Something that the user should know although the instance goes on: what could not be granted or removed.
    virtual void on_warning(std::string_view /*text*/) {}
    /// The PortProbe given at start held for the first time.
    virtual void on_probe_ready(Nanoseconds at, std::optional<Nanoseconds> cpu) = 0;
    /// The workload's process ended (the instance may still be cleaning up).
    virtual void on_exit(const ExitStatus& status, Nanoseconds at, std::optional<Nanoseconds> cpu) = 0;
    /// Instead of on_exit(): the instance has ended and nobody told how the workload did, because its launcher or its
    /// QEMU died, was killed, or never got as far as the workload.
    virtual void on_lost(Nanoseconds /*at*/) {}
};

} // namespace isolab
