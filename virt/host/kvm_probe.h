// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

namespace isolab {

/// What a tiny guest of our own did under KVM.
struct KvmProbe {
    enum class Outcome {
        works,
        slow,      ///< the loop ran, but many times slower than hardware runs it: emulated
        broken,    ///< KVM gave up on an ordinary instruction
        no_answer, ///< not finished within the time allowed, of which it may have had little
        hangs,     ///< not finished, though it had the processor for hundreds of times as long as it needs
        refused    ///< KVM could not be opened or no machine be made
    };
    Outcome outcome = Outcome::refused;
    std::string detail; ///< "a loop that takes hardware 0.2 ms took 127 ms"
    int error = 0;      ///< errno(3) of what was refused; EBUSY: another hypervisor has the CPU
};

/// Runs a guest in 64 bit mode with paging: 200,000 rounds of dec/jnz, then `lock cmpxchg16b`, then HLT. A real one
/// needs about 0.2 ms; more than 20 ms of CPU time means that something emulates it, which was seen to take 240 ms:
/// long enough to tell, and what every program waits for that finds such a KVM first. Whether /dev/kvm opens, a machine
/// can be created and a real-mode guest halts says nothing about that.
///
/// The guest lives in a forked child, so a hanging one is killed at `limit`. Blocks that long at most.
KvmProbe probe_kvm(std::chrono::milliseconds limit = std::chrono::milliseconds(1500));

} // namespace isolab
