// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/group_overview.h"

#include "engine/base/file_tree.h"
#include "engine/cgroup/cgroup_files.h"

namespace isolab {
namespace {

std::uint64_t number_in(const std::string& path) { return read_cgroup_number(path).value_or(0); }

std::uint64_t cache_in(const std::string& directory, std::string_view cache, std::string_view shmem) {
    return page_cache_of(read_file(directory + "/memory.stat").value_or(""), cache, shmem).value_or(0);
}

void add_block_io(const std::vector<BlockIoCount>& bytes, GroupOverview& into) {
    for (const BlockIoCount& count : bytes) {
        into.bytes_read += count.operation == "Read" ? count.value : 0;
        into.bytes_written += count.operation == "Write" ? count.value : 0;
    }
}

} // namespace

GroupOverview read_v1_overview(const DirectoryOf& directory_of) {
    using enum CgroupController;
    GroupOverview overview;
    overview.cpu = read_v1_cpu_time(directory_of(cpuacct)).value_or(Nanoseconds{0});
    const std::string of_memory = directory_of(memory);
    overview.memory_bytes = number_in(of_memory + "/memory.usage_in_bytes");
    overview.cache_bytes = cache_in(of_memory, "total_cache", "total_shmem");
    overview.memory_limit = read_cgroup_number(of_memory + "/memory.limit_in_bytes").value_or(no_limit);
    overview.processes = number_in(directory_of(pids) + "/pids.current");
    const std::string of_blocks = directory_of(blkio);
    for (const char* scheduler : {"/blkio.bfq", "/blkio.throttle"}) {
        const auto text = read_file(of_blocks + scheduler + ".io_service_bytes_recursive").value_or("");
        if (const auto bytes = parse_v1_block_io(text); !bytes.empty()) {
            add_block_io(bytes, overview);
            break; // the other one has seen the same
        }
    }
    return overview;
}

GroupOverview read_v2_overview(const std::string& directory) {
    GroupOverview overview;
    overview.cpu = read_v2_cpu_time(directory).value_or(Nanoseconds{0});
    overview.memory_bytes = number_in(directory + "/memory.current");
    overview.cache_bytes = cache_in(directory, "file", "shmem");
    overview.memory_limit = read_cgroup_number(directory + "/memory.max").value_or(no_limit);
    overview.processes = number_in(directory + "/pids.current");
    add_block_io(parse_v2_block_io(read_file(directory + "/io.stat").value_or("")).bytes, overview);
    return overview;
}

} // namespace isolab
