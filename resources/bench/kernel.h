// SPDX-License-Identifier: GPL-3.0-or-later
//
// What isolab-bench measures: small loops that each exercise one thing a container or a virtual machine may make
// dearer. Every loop feeds a checksum, so that no compiler can leave work out.
#pragma once

#include <cstdint>
#include <string>

#include "resources/bench/histogram.h"

namespace isolab::bench {

/// What a kernel did in its time.
struct Work {
    std::uint64_t operations = 0;
    double seconds = 0;         ///< CLOCK_MONOTONIC, the loop only, without its set-up
    std::uint64_t checksum = 0; ///< depends on every result that was computed
    std::string error;          ///< what went wrong, for a person; empty when it worked
    Histogram latency;          ///< nanoseconds of single operations; empty for kernels whose operations are too short
};

/// What a kernel is told.
struct Order {
    double seconds = 1;          ///< it stops after the first batch that ends later than this
    std::string directory = "."; ///< where kernels put their files, which have no name there
    int neighbours = 1;          ///< how many processes do the same at once; large arrays are divided among them
    int ready_fd = -1;           ///< gets one byte after the first batch, when it is a descriptor
};

/// The argument with which `exec` executes this program, and the code with which it then exits.
inline constexpr const char* exit_option = "--exit-at-once";
inline constexpr int exit_code = 42;

/// One kernel: its name on the command line, the unit of its operations, and the loop.
struct Kernel {
    const char* name;
    const char* unit;
    Work (*run)(const Order& order);
};

/// Integer arithmetic in registers: one operation is one step of xorshift64* (Vigna 2016), no memory, no kernel.
Work run_compute(const Order& order);
/// Dependent loads over 32 MiB in random order: one operation is one load; caches, TLB and nested page tables.
/// `memory` is the older name of `latency`.
Work run_memory(const Order& order);
/// One operation writes 4 KiB at the end of a file and reads 4 KiB back; every 256 the file is synced and begun anew.
Work run_file(const Order& order);
/// One operation is one getppid(2), which the kernel answers at once: the price of entering it, seccomp included.
Work run_syscall(const Order& order);
/// One operation is fork(2), exit in the child and waitpid(2): page tables, scheduling, accounting.
Work run_fork(const Order& order);
/// Dense product of two matrices of doubles, in blocks: one operation is one multiplication and its addition.
Work run_float(const Order& order);
/// The triad a[i] = b[i] + s * c[i] of STREAM (McCalpin 1995) over three arrays of 48 MiB, more than the caches of most
/// processors hold and less than an instance of 256 MiB: one operation is one byte, 24 an element; what a processor
/// reads beforehand of a line that it writes is not counted.
Work run_bandwidth(const Order& order);
/// Reads a file of 32 MiB from its begin to its end, 128 KiB at a time, again and again; before each pass, outside the
/// time, its pages are dropped (posix_fadvise(3)), which a file system in memory does not do. One operation is one
/// byte.
Work run_read(const Order& order);
/// Writes a file of 16 MiB from its begin to its end, 128 KiB at a time, syncs it (fdatasync(2)) and begins anew. One
/// operation is one byte, the syncs are part of the time.
Work run_write(const Order& order);
/// One operation writes 4 KiB over the same block of a file and calls fdatasync(2): one call.
Work run_fsync(const Order& order);
/// Two processes on one CPU, if they may be bound to one, send one byte to and fro through two pipes: one operation is
/// one switch, two a round trip. The latency of a switch is half of its round trip's.
Work run_switch(const Order& order);
/// One operation is fork(2), execve(2) of this program, which exits at once, and waitpid(2): one process.
Work run_exec(const Order& order);
/// One operation is one request as HTTP has it to a server process at 127.0.0.1: a connection of its own, 60 bytes to
/// the server, 1 KiB back, close. The client ends connections by a reset, so that none of them waits afterwards.
Work run_requests(const Order& order);

} // namespace isolab::bench
