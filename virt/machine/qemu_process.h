// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "virt/guest/guest_process.h"

namespace isolab {

/// A QEMU. Reaped when it is this process's child, as that of the embedded driver is.
class QemuProcess final : public GuestProcess {
  public:
    /// `start_cpu`: CPU time that this process spent on preparing and creating it, part of all that is told.
    static Result<std::unique_ptr<QemuProcess>> watch(pid_t pid, Nanoseconds start_cpu);

    pid_t pid() const noexcept override { return pid_; }
    int pidfd() const noexcept override { return pidfd_.get(); }
    std::optional<Nanoseconds> cpu() const noexcept override;
    std::optional<std::uint64_t> peak_memory(const guest::Exited& exited) const override;
    void kill() noexcept override;
    std::optional<Remains> reap() noexcept override;
    std::vector<PhaseMark> early_marks(const guest::Hello& hello, Nanoseconds arrival, Nanoseconds begin,
                                       const CpuTrail& trail) const override;

  private:
    QemuProcess(pid_t pid, UniqueFd pidfd, Nanoseconds start_cpu) noexcept
        : pid_(pid), pidfd_(std::move(pidfd)), start_cpu_(start_cpu) {}

    pid_t pid_;
    UniqueFd pidfd_;
    Nanoseconds start_cpu_;
};

} // namespace isolab
