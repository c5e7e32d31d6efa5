// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>

#include <sched.h>
#include <unistd.h>

#include "resources/bench/child.h"
#include "resources/bench/loop.h"
#include "resources/bench/scratch_file.h"

namespace isolab::bench {

namespace {

/// Binds this process, and the children that it will have, to the CPU it runs on, if it may; undone at the end.
class OnOneCpu {
  public:
    OnOneCpu() noexcept {
        const int cpu = ::sched_getcpu();
        if (cpu < 0 || cpu >= CPU_SETSIZE || ::sched_getaffinity(0, sizeof before_, &before_) != 0)
            return;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(static_cast<std::size_t>(cpu), &one);
        bound_ = ::sched_setaffinity(0, sizeof one, &one) == 0;
    }
    ~OnOneCpu() {
        if (bound_)
            ::sched_setaffinity(0, sizeof before_, &before_);
    }
    OnOneCpu(const OnOneCpu&) = delete;
    OnOneCpu& operator=(const OnOneCpu&) = delete;

  private:
    cpu_set_t before_{};
    bool bound_ = false;
};

struct Pipe {
    int ends[2] = {-1, -1};
    Pipe() noexcept {
        if (::pipe(ends) != 0)
            ends[0] = ends[1] = -1;
    }
    ~Pipe() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
};

/// Sends back what comes, one more, until the other side is gone.
int echo(const Pipe& there, const Pipe& back) {
    ::close(there.ends[1]);
    unsigned char byte = 0;
    while (::read(there.ends[0], &byte, 1) == 1) {
        ++byte;
        if (::write(back.ends[1], &byte, 1) != 1)
            break;
    }
    return 0;
}

} // namespace

Work run_switch(const Order& order) {
    const OnOneCpu bound;
    const Pipe there;
    const Pipe back;
    const Child other([&] { return echo(there, back); });
    if (there.ends[0] < 0 || back.ends[0] < 0 || other.pid() < 0) {
        Work failed;
        failed.error = describe("begin", "two processes with pipes");
        return failed;
    }
    constexpr std::uint64_t switches = 2;
    return repeat_each(
        order,
        [&](Work& work) {
            unsigned char byte = static_cast<unsigned char>(work.operations / switches);
            const auto expected = static_cast<unsigned char>(byte + 1U);
            errno = EPIPE;
            if (::write(there.ends[1], &byte, 1) != 1 || ::read(back.ends[0], &byte, 1) != 1 || byte != expected)
                work.error = describe("pass a byte through", "a pipe");
            work.checksum += byte;
        },
        switches);
}

} // namespace isolab::bench
