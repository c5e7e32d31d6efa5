// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/statistics_json.h"

#include "engine/base/json.h"

namespace isolab {
namespace {

void put_pressure(Json& section, const std::optional<PressureStatistics>& pressure) {
    const auto line = [](const PressureStatistics::Line& one) {
        return Json{{"avg10", one.average_10},
                    {"avg60", one.average_60},
                    {"avg300", one.average_300},
                    {"total", one.total.count()}};
    };
    if (pressure)
        section["psi"] = {{"some", line(pressure->some)}, {"full", line(pressure->full)}};
}

void put_times(Json& section, const char* key, const std::vector<Nanoseconds>& times) {
    for (const Nanoseconds time : times)
        section[key].push_back(time.count());
}

Json cpu_to_json(const CpuStatistics& cpu) {
    Json usage{{"total", cpu.total.count()}};
    put_times(usage, "percpu", cpu.total_by_cpu);
    put_times(usage, "percpu_kernel", cpu.kernel_by_cpu);
    put_times(usage, "percpu_user", cpu.user_by_cpu);
    usage["kernel"] = cpu.kernel.count();
    usage["user"] = cpu.user.count();
    Json section;
    section["usage"] = std::move(usage);
    section["throttling"] = {{"periods", cpu.periods},
                             {"throttledPeriods", cpu.throttled_periods},
                             {"throttledTime", cpu.throttled.count()}};
    put_pressure(section, cpu.pressure);
    return section;
}

Json count_to_json(const MemoryCount& count) {
    return {{"limit", count.limit}, {"usage", count.usage}, {"max", count.peak}, {"failcnt", count.failures}};
}

Json memory_to_json(const MemoryStatistics& memory) {
    Json section{{"cache", memory.cache},
                 {"usage", count_to_json(memory.memory)},
                 {"swap", count_to_json(memory.with_swap)},
                 {"kernel", count_to_json(memory.kernel)},
                 {"kernelTCP", count_to_json(memory.kernel_tcp)}};
    if (!memory.all.empty())
        section["raw"] = memory.all;
    put_pressure(section, memory.pressure);
    if (!memory.events.empty())
        section["event_count"] = memory.events;
    return section;
}

void put_counts(Json& section, const char* key, const std::vector<BlockIoCount>& counts) {
    for (const BlockIoCount& one : counts)
        section[key].push_back(
            {{"major", one.major}, {"minor", one.minor}, {"op", one.operation}, {"value", one.value}});
}

Json block_io_to_json(const BlockIoStatistics& io) {
    Json section = Json::object();
    put_counts(section, "ioServiceBytesRecursive", io.bytes);
    put_counts(section, "ioServicedRecursive", io.operations);
    put_pressure(section, io.pressure);
    return section;
}

Json cpu_sets_to_json(const CgroupStatistics& statistics) {
    Json section = Json::object();
    if (!statistics.cpus.empty())
        section["cpus"] = statistics.cpus;
    if (!statistics.mems.empty())
        section["mems"] = statistics.mems;
    return section;
}

} // namespace

Json statistics_to_json(const CgroupStatistics& statistics) {
    Json document;
    document["cpu"] = cpu_to_json(statistics.cpu);
    document["cpuset"] = cpu_sets_to_json(statistics);
    document["memory"] = memory_to_json(statistics.memory);
    document["pids"] = {{"current", statistics.pids}, {"limit", statistics.pids_limit}};
    document["blkio"] = block_io_to_json(statistics.block_io);
    document["hugetlb"] = Json::object();
    for (const auto& [size, count] : statistics.hugepages)
        document["hugetlb"][size] = {{"usage", count.usage}, {"max", count.peak}, {"failcnt", count.failures}};
    for (const auto& [device, count] : statistics.rdma)
        document["rdma"][device] = {{"handles", count.handles}, {"objects", count.objects}};
    return document;
}

} // namespace isolab
