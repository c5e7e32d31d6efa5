// SPDX-License-Identifier: GPL-3.0-or-later
//
// Values of docker's options, as texts. Pure but for what the names say. Errors are invalid_argument.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/containers/container_settings.h"

namespace isolab {

/// "NOFILE=1024" or "nofile=1024:2048", "-1": unlimited.
Result<ResourceLimit> parse_ulimit(const std::string& text);

/// "KEY=VALUE", or "KEY" for an empty value.
std::pair<std::string, std::string> split_pair(const std::string& text);

/// A variable: "NAME=value", or "NAME" with the value that it has here; nothing when it has none.
std::vector<std::string> variable_of(const std::string& text);
/// The lines of a file of variables or labels; empty ones and those that begin with '#' are passed over.
Result<std::vector<std::string>> read_value_lines(const std::string& path);

/// -v: "[SOURCE:]TARGET[:OPTIONS]"; a source without a slash is the name of a volume, without one it has none.
Result<ContainerMount> parse_volume(const std::string& text);
/// --mount: "type=bind,source=…,target=…,readonly,…".
Result<ContainerMount> parse_mount(const std::string& text);
/// --tmpfs: "TARGET[:OPTIONS]".
Result<ContainerMount> parse_tmpfs(const std::string& text);

/// --device: "HOST[:CONTAINER[:rwm]]": looks the host's node up.
struct DeviceWish {
    DeviceNode node;
    DeviceRule rule;
};
Result<DeviceWish> find_device(const std::string& text);

/// --device-cgroup-rule: "c 10:200 rwm", "b *:* r", "a".
Result<DeviceRule> parse_device_rule(const std::string& text);

/// --device-read-bps and the like: "/dev/sda:1M", "/dev/sda:1000".
Result<BlockIoResources::DeviceRate> parse_device_rate(const std::string& text);

/// "1.5": CPUs as a quota of 100 ms periods, microseconds.
Result<std::int64_t> parse_cpus(const std::string& text);

/// -m and its brothers: "256M" in bytes, "-1" for any.
Result<std::int64_t> parse_memory(const std::string& text);

/// --log-driver and all --log-opt: "max-size=10M", "max-file=3".
Result<LogLimits> parse_log_limits(const std::string& driver, const std::vector<std::string>& options);

/// --tail: so many lines; nothing for "all" or a negative number.
Result<std::optional<std::size_t>> parse_tail(const std::string& text);

/// A command line in a text, as `sh -c` takes it.
std::vector<std::string> shell_command(const std::string& text);

} // namespace isolab
