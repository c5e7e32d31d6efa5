// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/cgroup_files.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <fcntl.h>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

std::optional<std::uint64_t> to_number(std::string_view text) {
    std::uint64_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{})
        return std::nullopt;
    return value;
}

} // namespace

std::optional<std::uint64_t> read_cgroup_number(const std::string& path) {
    const auto text = read_file(path);
    return text ? to_number(*text) : std::nullopt;
}

int try_write_cgroup_file(const std::string& path, std::string_view value) noexcept {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd)
        return errno;
    const ssize_t written = ::write(fd.get(), value.data(), value.size());
    if (written < 0)
        return errno;
    return written == static_cast<ssize_t>(value.size()) ? 0 : EIO;
}

Result<void> write_cgroup_file(const std::string& path, const std::string& value) {
    const int refused = try_write_cgroup_file(path, value);
    if (refused != 0)
        return fail_errno(refused, "write \"" + value + "\" to", path);
    return {};
}

std::optional<std::uint64_t> cgroup_field(std::string_view text, std::string_view key) {
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ' ')
            return to_number(line.substr(key.size() + 1));
        at = end + 1;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> page_cache_of(std::string_view stat, std::string_view cache, std::string_view shmem) {
    const auto both = cgroup_field(stat, cache);
    if (!both)
        return std::nullopt;
    return *both - std::min(*both, cgroup_field(stat, shmem).value_or(0));
}

std::optional<Nanoseconds> read_v1_cpu_time(const std::string& cpuacct_directory) {
    if (!cpuacct_directory.empty())
        if (const auto nanoseconds = read_cgroup_number(cpuacct_directory + "/cpuacct.usage"))
            return Nanoseconds(*nanoseconds);
    return std::nullopt;
}

std::optional<Nanoseconds> read_v2_cpu_time(const std::string& directory) {
    if (const auto microseconds = cgroup_field(read_file(directory + "/cpu.stat").value_or(""), "usage_usec"))
        return std::chrono::microseconds(*microseconds);
    return std::nullopt;
}

CgroupUsage read_v1_usage(const std::string& memory_directory, const std::string& cpuacct_directory) {
    CgroupUsage usage;
    if (!memory_directory.empty()) {
        usage.memory_bytes = read_cgroup_number(memory_directory + "/memory.usage_in_bytes");
        usage.memory_peak_bytes = read_cgroup_number(memory_directory + "/memory.max_usage_in_bytes");
        usage.kernel_bytes = read_cgroup_number(memory_directory + "/memory.kmem.usage_in_bytes");
        const std::string stat = read_file(memory_directory + "/memory.stat").value_or("");
        usage.shmem_bytes = cgroup_field(stat, "total_shmem");
        usage.cache_bytes = page_cache_of(stat, "total_cache", "total_shmem");
        const std::string events = read_file(memory_directory + "/memory.oom_control").value_or("");
        usage.oom_kills = cgroup_field(events, "oom_kill").value_or(0);
    }
    usage.cpu = read_v1_cpu_time(cpuacct_directory);
    return usage;
}

CgroupUsage read_v2_usage(const std::string& directory) {
    CgroupUsage usage;
    const std::string stat = read_file(directory + "/memory.stat").value_or("");
    usage.memory_bytes = read_cgroup_number(directory + "/memory.current");
    usage.memory_peak_bytes = read_cgroup_number(directory + "/memory.peak");
    usage.kernel_bytes = cgroup_field(stat, "kernel");
    usage.shmem_bytes = cgroup_field(stat, "shmem");
    usage.cache_bytes = page_cache_of(stat, "file", "shmem");
    usage.oom_kills = cgroup_field(read_file(directory + "/memory.events").value_or(""), "oom_kill").value_or(0);
    usage.cpu = read_v2_cpu_time(directory);
    return usage;
}

} // namespace isolab
