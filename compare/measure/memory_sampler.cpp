// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/measure/memory_sampler.h"

#include "engine/base/process_memory.h"

namespace isolab {
namespace {

std::optional<MemorySample> sample_of_process(pid_t pid) {
    MemorySample sample;
    for (const pid_t one : process_tree(pid))
        if (const auto memory = read_process_memory(one))
            sample.host_cost += memory->pss;
    sample.at = monotonic_now();
    return sample.host_cost > 0 ? std::optional(sample) : std::nullopt;
}

} // namespace

MemorySampler::MemorySampler(const RunRecorder& recorder, SideFeed& feed)
    : recorder_(recorder), feed_(feed), thread_([this] { sample_all(); }) {}

void MemorySampler::attach(Instance& instance) {
    const std::lock_guard lock(mutex_);
    instance_ = &instance;
}

std::optional<MemorySample> MemorySampler::sample() const {
    if (recorder_.exit_status())
        return std::nullopt;
    const std::lock_guard lock(mutex_);
    if (instance_ == nullptr) {
        const auto process = recorder_.process();
        return process ? sample_of_process(*process) : std::nullopt;
    }
    auto taken = instance_->memory(false);
    if (!taken)
        return std::nullopt;
    taken->rows.clear();
    return std::move(*taken);
}

void MemorySampler::sample_all() {
    const StopToken done = done_.token();
    while (!done.wait_for(period)) {
        auto taken = sample();
        if (!taken)
            continue;
        taken->at -= t0_.load();
        feed_.memory(*taken);
        samples_.push_back(std::move(*taken));
    }
}

std::vector<MemorySample> MemorySampler::finish() {
    done_.request_stop();
    if (thread_.joinable())
        thread_.join();
    return samples_;
}

} // namespace isolab
