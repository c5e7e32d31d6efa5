// SPDX-License-Identifier: GPL-3.0-or-later
//
// From what the guest tells to points on the host's clock. Pure.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "engine/base/instance.h"
#include "virt/guest_init/guest_protocol.h"

namespace isolab {

/// When something happened in the guest: `arrival` of the record that tells it, less the time that passed in the
/// guest between the event and sending. The channel itself takes about 0.3 ms, which is not corrected. Whatever the
/// guest claims, it is not before `earliest`, when what came before it happened, nor after `arrival`.
Nanoseconds host_time(const guest::GuestStamp& stamp, Nanoseconds arrival, Nanoseconds earliest) noexcept;

/// When a record was sent whose `stamp` says so, in the guest's time: as long before `arrival` as it was before
/// `latest`, the time at which the last one was sent of those that arrived with it. A host that is busy reads several
/// at once, long after the first. Not before `earliest`, nor after `arrival`.
Nanoseconds sent_time(const guest::GuestStamp& stamp, std::uint64_t latest, Nanoseconds arrival,
                      Nanoseconds earliest) noexcept;

/// CPU time of a process over time, sampled while a guest boots, so that phases which became known only
/// afterwards get theirs.
class CpuTrail {
  public:
    void add(Nanoseconds at, Nanoseconds cpu);
    /// Interpolated between the two samples around `at`; empty outside of the sampled time.
    std::optional<Nanoseconds> at(Nanoseconds at) const;

  private:
    std::vector<std::pair<Nanoseconds, Nanoseconds>> samples_;
};

/// The marks `firmware` and `kernel`, which ended before the guest could speak: init's first instruction is known by
/// the guest's clock, and that clock (CLOCK_BOOTTIME) started at zero when the kernel set it up, early in its
/// start. What lies between `created` and that is QEMU's last steps, firmware and the kernel's first instructions.
std::vector<PhaseMark> early_marks(const guest::Hello& hello, Nanoseconds arrival, Nanoseconds created,
                                   const CpuTrail& trail);

} // namespace isolab
