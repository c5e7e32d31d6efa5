// SPDX-License-Identifier: GPL-3.0-or-later
//
// spin MILLISECONDS: lets that time pass with a busy processor. A guest that sleeps wakes 6 ms late under emulation.
#include <cstdlib>
#include <ctime>

namespace {

long long now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

} // namespace

int main(int count, char** arguments) {
    const long long end = now_ns() + (count > 1 ? std::atoll(arguments[1]) : 0) * 1'000'000;
    while (now_ns() < end) {
    }
}
