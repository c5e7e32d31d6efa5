// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

#include "engine/base/host_facts.h"

namespace isolab {

void for_each_index(std::size_t count, const std::function<void(std::size_t)>& work) {
    constexpr std::size_t most_threads = 4;
    constexpr std::size_t enough = 32; // with fewer the threads would take longer to start than they save
    const std::size_t processors = online_cpu_count();
    std::atomic<std::size_t> next{0};
    const auto go_on = [&] {
        for (std::size_t index = next++; index < count; index = next++)
            work(index);
    };
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min({most_threads, processors, count / enough}); ++i)
        try {
            others.emplace_back(go_on);
        } catch (const std::system_error&) {
            break; // no thread to be had: the caller does it all
        }
    go_on();
}

} // namespace isolab
