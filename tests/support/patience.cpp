// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/patience.h"

#include <thread>

namespace isolab::test {

bool becomes_true(const std::function<bool()>& condition, std::chrono::seconds limit) {
    constexpr std::chrono::milliseconds pause{20};
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::sleep_for(pause);
    }
    return true;
}

} // namespace isolab::test
