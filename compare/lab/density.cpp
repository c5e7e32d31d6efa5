// SPDX-License-Identifier: GPL-3.0-or-later
//
// How many instances a host holds, and what each further one costs. It never takes the host down: before each start it
// looks at a reserve of memory and of disk, at pressure, at the cap and at the time, and says which of them ended it.
#include <algorithm>
#include <utility>
#include <vector>

#include "compare/lab/bench.h"
#include "compare/measure/environment.h"
#include "compare/run/standing_instance.h"
#include "engine/base/clock.h"
#include "engine/base/host_facts.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

constexpr std::uint64_t least_reserve = 1ULL << 30U; ///< bytes that stay available, or
constexpr std::uint64_t reserve_share = 5;           ///< one such part of the host's memory, whichever is more
constexpr std::uint64_t disk_reserve = 1ULL << 30U;  ///< bytes that stay free where the worlds write
/// What answered the probe that made the last one ready may be a process of its own, which is not there to stay.
constexpr std::chrono::milliseconds settle{20};
constexpr double most_pressure = 20; ///< percent of the last ten seconds waited for memory

std::uint64_t reserve() { return std::max(least_reserve, host_memory_bytes() / reserve_share); }

/// All figures at every number up to ten, then at every number that is a tenth more than the last.
bool is_checkpoint(std::size_t number) {
    std::size_t checkpoint = 1;
    while (checkpoint < number)
        checkpoint += std::max<std::size_t>(1, checkpoint / 10);
    return checkpoint == number;
}

/// One world that gets more and more instances.
class Crowd {
  public:
    Crowd(Bench& bench, Backend& world, std::size_t cell, const Workload& workload)
        : bench_(bench), world_(world), cell_(cell), workload_(workload) {}

    void grow(std::chrono::nanoseconds most_time);

  private:
    /// Why there must be no further one; empty: there may.
    Fact limit(std::chrono::nanoseconds most_time) const;
    bool add(PreparedWorkload& deployment);
    Observation observation() const;
    void measure(std::map<std::string, double>& figures);
    void measure_disk(std::map<std::string, double>& figures);

    Bench& bench_;
    Backend& world_;
    const std::size_t cell_;
    const Workload& workload_;
    std::optional<std::uint64_t> available_before_;
    Nanoseconds begun_at_{0};
    Nanoseconds measuring_{0}; ///< of the time since then; it is no part of what starting takes
    std::vector<std::unique_ptr<StandingInstance>> instances_;
};

Fact Crowd::limit(std::chrono::nanoseconds most_time) const {
    const auto count = [](std::size_t number) { return Fact::quantity(static_cast<double>(number), "count"); };
    if (instances_.size() >= *bench_.experiment().factors.most_instances)
        return Fact::said("end.cap", {count(instances_.size())});
    if (!instances_.empty() && monotonic_now() - begun_at_ > most_time)
        return Fact::said("end.time", {Fact::quantity(as_number(most_time), "ns")});
    const auto available = available_memory();
    if (available && *available < reserve() + workload_.limits.memory_bytes)
        return Fact::said("end.memory", {Fact::quantity(static_cast<double>(*available), "bytes"),
                                         Fact::quantity(static_cast<double>(reserve()), "bytes")});
    const auto disk_free = free_disk(bench_.lab().data_root());
    if (disk_free && *disk_free < disk_reserve)
        return Fact::said("end.disk", {Fact::quantity(static_cast<double>(*disk_free), "bytes"),
                                       Fact::quantity(static_cast<double>(disk_reserve), "bytes")});
    const double pressure = memory_pressure().value_or(0);
    if (pressure > most_pressure)
        return Fact::said("end.pressure", {Fact::quantity(pressure, "percent")});
    if (std::ranges::any_of(instances_, [](const auto& instance) { return instance->is_over(); }))
        return Fact::said("end.lost");
    return {};
}

void Crowd::measure_disk(std::map<std::string, double>& figures) {
    std::uint64_t shared = 0;
    std::uint64_t unique = 0;
    std::uint64_t logical = 0;
    for (const auto& instance : instances_) {
        const auto disk = instance->instance().disk();
        if (!disk)
            return;
        shared = std::max(shared, disk->shared);
        unique += disk->unique;
        logical += disk->logical;
    }
    figures["disk.shared"] = static_cast<double>(shared);
    figures["disk.unique"] = static_cast<double>(unique);
    figures["disk.logical"] = static_cast<double>(logical);
    figures["disk.allocated"] = static_cast<double>(shared + unique);
}

/// Of all together: what they share is divided among them (PSS) at the same number of instances.
void Crowd::measure(std::map<std::string, double>& figures) {
    std::uint64_t sum = 0;
    for (const auto& instance : instances_) {
        const auto memory = instance->instance().memory(false);
        if (!memory)
            return;
        sum += memory->host_cost;
    }
    figures["memory"] = static_cast<double>(sum);
}

/// Of all instances that there are now.
Observation Crowd::observation() const {
    Observation observation;
    observation.world = world_.side();
    observation.cell = cell_;
    observation.index = static_cast<unsigned>(instances_.size());
    observation.marks = world_.marks();
    return observation;
}

bool Crowd::add(PreparedWorkload& deployment) {
    auto started = StandingInstance::start(world_, deployment, workload_, bench_.stop());
    if (!started) {
        if (started.error().kind != ErrorKind::cancelled)
            bench_.result().ends.push_back(
                {world_.side(), cell_, Fact::said("end.failed", {started.error().message()})});
        if (instances_.empty())
            bench_.fail_world(world_.side(), cell_, std::move(started).error());
        return false;
    }
    instances_.push_back(std::move(*started));
    Observation observation = this->observation();
    observation.figures["start"] = as_number(instances_.back()->ready_after());
    observation.figures["elapsed"] = as_number(monotonic_now() - begun_at_ - measuring_);
    const Nanoseconds started_at = monotonic_now();
    if (const auto available = available_memory(); available && available_before_)
        observation.figures["available_fall"] =
            static_cast<double>(*available_before_) - static_cast<double>(*available);
    if (is_checkpoint(instances_.size()) && !bench_.stop().wait_for(settle))
        measure(observation.figures);
    if (instances_.size() == 1)
        measure_disk(observation.figures);
    bench_.observe(std::move(observation));
    measuring_ += monotonic_now() - started_at;
    return true;
}

void Crowd::grow(std::chrono::nanoseconds most_time) {
    auto deployed = world_.deploy(workload_, bench_.observer(), bench_.stop());
    if (!deployed)
        return bench_.fail_world(world_.side(), cell_, std::move(deployed).error());
    available_before_ = available_memory();
    begun_at_ = monotonic_now();
    while (!bench_.is_over()) {
        if (Fact reason = limit(most_time); !reason.empty()) {
            bench_.result().ends.push_back({world_.side(), cell_, std::move(reason)});
            break;
        }
        if (!add(**deployed))
            break;
    }
    if (instances_.size() > 1) {
        Observation all = observation();
        measure(all.figures);
        measure_disk(all.figures);
        bench_.observe(std::move(all));
    }
    while (!instances_.empty()) // they use the deployment
        instances_.pop_back();
}

bool can_be_counted(Bench& bench, const Workload& workload) {
    if (workload.readiness.kind != Readiness::Kind::exit)
        return true;
    bench.result().error = fail(ErrorKind::invalid_argument, "fill the host with", workload.id,
                                "it runs to its end; only what stays can be counted",
                                "Name a workload with a readiness other than \"exit\"")
                               .value();
    return false;
}

} // namespace

void run_density(Bench& bench) {
    constexpr std::chrono::nanoseconds longest = std::chrono::hours(1);
    bench.for_each_world(
        [&](const Workload& workload) { return can_be_counted(bench, workload); },
        [&](const WorldPart& part) {
            Crowd(bench, part.world, part.cell, part.workload).grow(bench.time_for(part.left).value_or(longest));
        });
}

} // namespace isolab
