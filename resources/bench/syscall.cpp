// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/syscall.h>
#include <unistd.h>

#include "resources/bench/loop.h"

namespace isolab::bench {

Work run_syscall(const Order& order) {
    constexpr std::uint64_t batch_size = 1024;
    return repeat(order, [](Work& work) {
        for (std::uint64_t i = 0; i < batch_size; ++i)
            work.checksum += static_cast<std::uint64_t>(::syscall(SYS_getppid)); // past any cache of the C library
        work.operations += batch_size;
    });
}

} // namespace isolab::bench
