// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace isolab {

/// What the kernel of a guest prints on its console when it ends the machine: kernel/reboot.c, kernel/panic.c and
/// drivers/tty/sysrq.c of Linux. Pure. A workload that may write to the console can claim the same, of its own machine.
class KernelEnd {
  public:
    /// The next bytes of the console, in whatever pieces they come.
    void read(std::string_view bytes);

    /// "the machine powered off", "the machine restarted" or "the guest's kernel panicked: REASON", which was told
    /// first; empty: none of them yet.
    const std::string& cause() const noexcept { return cause_; }

    /// The kernel does nothing any more, and QEMU need not notice: without ACPI nothing can be switched off, and a
    /// kernel that shall power off halts its processors with interrupts disabled.
    bool stays() const noexcept { return stays_; }

  private:
    void read_line(std::string_view line);

    std::string line_; ///< the begin of the line that is not complete
    std::string cause_;
    bool stays_ = false;
};

} // namespace isolab
