// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/memory_sampler.h"

namespace isolab {

MemorySampler::MemorySampler(Instance& instance, Nanoseconds t0, SideFeed& feed)
    : instance_(instance), t0_(t0), feed_(feed), thread_([this] { sample_all(); }) {}

void MemorySampler::sample_all() {
    const StopToken done = done_.token();
    do {
        auto sample = instance_.memory(false);
        if (!sample)
            continue;
        sample->at -= t0_;
        sample->rows.clear();
        feed_.memory(*sample);
        samples_.push_back(std::move(*sample));
    } while (!done.wait_for(period));
}

std::vector<MemorySample> MemorySampler::finish() {
    done_.request_stop();
    if (thread_.joinable())
        thread_.join();
    return samples_;
}

} // namespace isolab
