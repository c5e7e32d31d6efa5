// SPDX-License-Identifier: GPL-3.0-or-later
//
// The formats of control group files. Reading never fails: what is missing stays empty.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/cgroup/control_group.h"

namespace isolab {

/// One write(2) without creating anything; 0, or the errno(3) value of the refusal.
int try_write_cgroup_file(const std::string& path, std::string_view value) noexcept;

/// One write(2) without creating anything; not_found when the file does not exist.
Result<void> write_cgroup_file(const std::string& path, const std::string& value);

/// The number behind `key` in a "key value" file such as memory.stat. Pure.
std::optional<std::uint64_t> cgroup_field(std::string_view text, std::string_view key);

/// Page cache of a memory.stat, bytes: its field `cache` less `shmem`, which every kernel counts as cache although it
/// is not given back.
std::optional<std::uint64_t> page_cache_of(std::string_view stat, std::string_view cache, std::string_view shmem);

/// The number that a file consists of; empty when there is none or it says "max".
std::optional<std::uint64_t> read_cgroup_number(const std::string& path);

/// From the directories of the v1 memory and cpuacct controllers; either may be empty.
CgroupUsage read_v1_usage(const std::string& memory_directory, const std::string& cpuacct_directory);

CgroupUsage read_v2_usage(const std::string& directory);

/// Time alone, from the directory that counts it, which may be empty.
std::optional<Nanoseconds> read_v1_cpu_time(const std::string& cpuacct_directory);
std::optional<Nanoseconds> read_v2_cpu_time(const std::string& directory);

} // namespace isolab
