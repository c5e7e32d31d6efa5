// SPDX-License-Identifier: GPL-3.0-or-later
//
// What isolab-bench measures: small loops that each exercise one thing a container or a virtual machine may make
// dearer. Every loop feeds a checksum, so that no compiler can leave work out.
#pragma once

#include <cstdint>
#include <string>

namespace isolab::bench {

/// What a kernel did in its time.
struct Work {
    std::uint64_t operations = 0;
    double seconds = 0;         ///< CLOCK_MONOTONIC, the loop only, without its set-up
    std::uint64_t checksum = 0; ///< depends on every result that was computed
    std::string error;          ///< what went wrong, for a person; empty when it worked
};

/// What a kernel is told.
struct Order {
    double seconds = 1;          ///< it stops after the first batch that ends later than this
    std::string directory = "."; ///< where `file` puts its file; removed again
};

/// One kernel: its name on the command line, the unit of its operations, and the loop.
struct Kernel {
    const char* name;
    const char* unit;
    Work (*run)(const Order& order);
};

/// Integer arithmetic in registers: one operation is one step of xorshift64* (Vigna 2016), no memory, no kernel.
Work run_compute(const Order& order);
/// Dependent loads over 32 MiB in random order: one operation is one load; caches, TLB and nested page tables.
Work run_memory(const Order& order);
/// One operation writes 4 KiB at the end of a file and reads 4 KiB back; every 256 the file is synced and begun anew.
Work run_file(const Order& order);
/// One operation is one getppid(2), which the kernel answers at once: the price of entering it, seccomp included.
Work run_syscall(const Order& order);
/// One operation is fork(2), exit in the child and waitpid(2): page tables, scheduling, accounting.
Work run_fork(const Order& order);

} // namespace isolab::bench
