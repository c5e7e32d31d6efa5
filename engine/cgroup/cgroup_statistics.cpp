// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/cgroup_statistics.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/cgroup/cgroup_files.h"

namespace isolab {
namespace {

std::string text_of(const std::string& path) { return read_file(path).value_or(""); }

std::uint64_t number_in(const std::string& path) { return read_cgroup_number(path).value_or(0); }

/// A limit's file: "max" is none.
std::uint64_t limit_in(const std::string& path) {
    const std::string text = text_of(path);
    return text.starts_with("max") ? no_limit : cgroup_field("limit " + text, "limit").value_or(0);
}

Nanoseconds nanoseconds(std::uint64_t count) { return Nanoseconds(static_cast<Nanoseconds::rep>(count)); }
Nanoseconds of_microseconds(std::uint64_t count) { return nanoseconds(count * 1000); }

std::vector<Nanoseconds> times_in(const std::string& path) {
    std::vector<Nanoseconds> times;
    std::istringstream numbers(text_of(path));
    for (std::uint64_t number = 0; numbers >> number;)
        times.push_back(nanoseconds(number));
    return times;
}

std::uint64_t value_of(const std::map<std::string, std::uint64_t>& values, const char* key) {
    const auto found = values.find(key);
    return found == values.end() ? 0 : found->second;
}

void read_v1_cpu(const std::string& cpu, const std::string& cpuacct, CpuStatistics& into) {
    if (!cpu.empty()) {
        const auto values = parse_flat_keys(text_of(cpu + "/cpu.stat"));
        into.periods = value_of(values, "nr_periods");
        into.throttled_periods = value_of(values, "nr_throttled");
        into.throttled = nanoseconds(value_of(values, "throttled_time"));
    }
    if (cpuacct.empty())
        return;
    into.total = nanoseconds(number_in(cpuacct + "/cpuacct.usage"));
    into.user = nanoseconds(number_in(cpuacct + "/cpuacct.usage_user"));
    into.kernel = nanoseconds(number_in(cpuacct + "/cpuacct.usage_sys"));
    into.total_by_cpu = times_in(cpuacct + "/cpuacct.usage_percpu");
    into.user_by_cpu = times_in(cpuacct + "/cpuacct.usage_percpu_user");
    into.kernel_by_cpu = times_in(cpuacct + "/cpuacct.usage_percpu_sys");
}

MemoryCount v1_count(const std::string& prefix) {
    return {number_in(prefix + ".usage_in_bytes"), number_in(prefix + ".max_usage_in_bytes"),
            number_in(prefix + ".limit_in_bytes"), number_in(prefix + ".failcnt")};
}

void read_v1_memory(const std::string& directory, MemoryStatistics& into) {
    if (directory.empty())
        return;
    into.memory = v1_count(directory + "/memory");
    into.with_swap = v1_count(directory + "/memory.memsw");
    into.kernel = v1_count(directory + "/memory.kmem");
    into.kernel_tcp = v1_count(directory + "/memory.kmem.tcp");
    into.all = parse_flat_keys(text_of(directory + "/memory.stat"));
    into.cache = into.all.contains("total_cache") ? into.all["total_cache"] : value_of(into.all, "cache");
}

void read_pids(const std::string& directory, CgroupStatistics& into) {
    if (directory.empty())
        return;
    into.pids = number_in(directory + "/pids.current");
    into.pids_limit = number_in(directory + "/pids.max");
}

/// What the BFQ scheduler has done, and without it what passed the throttle.
void read_v1_block_io(const std::string& directory, BlockIoStatistics& into) {
    for (const char* scheduler : {"/blkio.bfq", "/blkio.throttle"}) {
        if (directory.empty() || !into.operations.empty())
            return;
        into.bytes = parse_v1_block_io(text_of(directory + scheduler + ".io_service_bytes_recursive"));
        into.operations = parse_v1_block_io(text_of(directory + scheduler + ".io_serviced_recursive"));
    }
}

/// Sizes of huge pages that the kernel knows, as the files of control groups name them.
std::vector<std::string> page_sizes(const std::string& directory, const std::string& suffix) {
    std::vector<std::string> sizes;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(directory, failed)) {
        const std::string name = entry.path().filename();
        const std::string size = name.substr(std::min<std::size_t>(8, name.size()));
        if (name.starts_with("hugetlb.") && size.ends_with(suffix) &&
            size.find('.') == size.size() - suffix.size()) // not "2MB.rsvd.current"
            sizes.push_back(size.substr(0, size.size() - suffix.size()));
    }
    return sizes;
}

void read_v1_hugepages(const std::string& directory, CgroupStatistics& into) {
    if (directory.empty())
        return;
    for (const std::string& size : page_sizes(directory, ".usage_in_bytes")) {
        const std::string prefix = directory + "/hugetlb." + size;
        into.hugepages[size] = {number_in(prefix + ".usage_in_bytes"), number_in(prefix + ".max_usage_in_bytes"),
                                number_in(prefix + ".failcnt")};
    }
}

void read_v2_cpu(const std::string& directory, CpuStatistics& into) {
    const auto values = parse_flat_keys(text_of(directory + "/cpu.stat"));
    into.total = of_microseconds(value_of(values, "usage_usec"));
    into.user = of_microseconds(value_of(values, "user_usec"));
    into.kernel = of_microseconds(value_of(values, "system_usec"));
    into.periods = value_of(values, "nr_periods");
    into.throttled_periods = value_of(values, "nr_throttled");
    into.throttled = of_microseconds(value_of(values, "throttled_usec"));
    into.pressure = parse_pressure(text_of(directory + "/cpu.pressure"));
}

/// cgroup2 counts swap apart; consumers of statistics know it as v1 has it.
MemoryCount v2_with_swap(const std::string& directory, const MemoryCount& memory) {
    const std::uint64_t limit = limit_in(directory + "/memory.swap.max");
    MemoryCount both;
    both.usage = memory.usage + number_in(directory + "/memory.swap.current");
    both.limit = memory.limit == no_limit || limit == no_limit ? no_limit : memory.limit + limit;
    both.failures = value_of(parse_flat_keys(text_of(directory + "/memory.swap.events")), "fail");
    return both;
}

void read_v2_memory(const std::string& directory, MemoryStatistics& into) {
    into.all = parse_flat_keys(text_of(directory + "/memory.stat"));
    into.events = parse_flat_keys(text_of(directory + "/memory.events"));
    into.memory = {number_in(directory + "/memory.current"), number_in(directory + "/memory.peak"),
                   limit_in(directory + "/memory.max"), value_of(into.events, "max")};
    into.with_swap = v2_with_swap(directory, into.memory);
    into.kernel.usage = value_of(into.all, "kernel");
    into.cache = value_of(into.all, "file");
    into.pressure = parse_pressure(text_of(directory + "/memory.pressure"));
}

void read_cpu_sets(const std::string& cpus, const std::string& mems, CgroupStatistics& into) {
    into.cpus = parse_number_list(text_of(cpus));
    into.mems = parse_number_list(text_of(mems));
}

} // namespace

CgroupStatistics read_v1_statistics(const DirectoryOf& directory_of) {
    using enum CgroupController;
    CgroupStatistics statistics;
    read_v1_cpu(directory_of(cpu), directory_of(cpuacct), statistics.cpu);
    if (const std::string directory = directory_of(cpuset); !directory.empty())
        read_cpu_sets(directory + "/cpuset.cpus", directory + "/cpuset.mems", statistics);
    read_v1_memory(directory_of(memory), statistics.memory);
    read_pids(directory_of(pids), statistics);
    read_v1_block_io(directory_of(blkio), statistics.block_io);
    read_v1_hugepages(directory_of(hugetlb), statistics);
    if (const std::string directory = directory_of(rdma); !directory.empty())
        statistics.rdma = parse_rdma(text_of(directory + "/rdma.current"));
    return statistics;
}

void read_v2_hugepages(const std::string& directory, CgroupStatistics& into) {
    for (const std::string& size : page_sizes(directory, ".current")) {
        const std::string prefix = directory + "/hugetlb." + size;
        into.hugepages[size] = {number_in(prefix + ".current"), 0,
                                value_of(parse_flat_keys(text_of(prefix + ".events")), "max")};
    }
}

CgroupStatistics read_v2_statistics(const std::string& directory) {
    CgroupStatistics statistics;
    read_v2_cpu(directory, statistics.cpu);
    read_cpu_sets(directory + "/cpuset.cpus.effective", directory + "/cpuset.mems.effective", statistics);
    read_v2_memory(directory, statistics.memory);
    read_pids(directory, statistics);
    statistics.block_io = parse_v2_block_io(text_of(directory + "/io.stat"));
    statistics.block_io.pressure = parse_pressure(text_of(directory + "/io.pressure"));
    read_v2_hugepages(directory, statistics);
    statistics.rdma = parse_rdma(text_of(directory + "/rdma.current"));
    return statistics;
}

} // namespace isolab
