// SPDX-License-Identifier: GPL-3.0-or-later
//
// The options of `run` and `create`: docker's, by name and letter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_parser.h"
#include "engine/containers/containers.h"
#include "engine/engine.h"

namespace isolab {

/// How one stays with a container: of `run`, `start` and `attach`.
struct ForegroundOptions {
    std::string detach_keys = "ctrl-p,ctrl-q";
    bool pass_signals = true;
};
void add_foreground_options(CommandParser verb, ForegroundOptions& options);

/// As they stand on the command line.
struct ContainerOptions {
    bool detach = false;
    bool interactive = false;
    bool terminal = false;
    bool remove = false;
    bool init = false;
    bool privileged = false;
    bool read_only = false;
    bool no_health_check = false;
    bool strict = false;
    bool publish_all = false;
    bool no_oom_killer = false;
    std::string name;
    std::optional<std::string> id_file;
    std::optional<std::string> entrypoint;
    std::optional<std::string> user;
    std::optional<std::string> cwd;
    std::string hostname;
    std::string domain_name;
    std::vector<std::string> env, env_files, labels, volumes, mounts, tmpfs, ports, hosts, devices, cap_add, cap_drop,
        security, sysctls, ulimits, log_options, group_add, network_aliases, dns, dns_search, dns_options, exposed,
        label_files, annotations, volumes_from, device_rules, read_bytes, write_bytes, read_operations,
        write_operations;
    std::string network = "bridge";
    std::string ip;
    std::string pid, ipc, uts, cgroup;
    std::string restart = "no";
    std::string stop_signal;
    std::optional<int> stop_timeout;
    std::optional<std::string> health_command, health_interval, health_timeout, health_start_period,
        health_start_interval;
    std::optional<unsigned> health_retries;
    std::optional<std::string> cpus, memory, memory_swap, memory_reservation, shm_size, cpuset_cpus, cpuset_mems;
    std::optional<std::uint64_t> cpu_shares;
    std::optional<std::int64_t> pids_limit, cpu_quota;
    std::optional<std::uint64_t> cpu_period, memory_swappiness;
    std::optional<std::uint16_t> block_weight;
    std::optional<int> oom_score;
    std::string log_driver = "json-file";
    ForegroundOptions foreground;
};

/// Adds them to a verb. `run` has those for the foreground too.
void add_container_options(CommandParser verb, ContainerOptions& options, bool runs);

/// Limits that `update` can change, for it and for the others.
void add_limit_options(CommandParser verb, ContainerOptions& options);
Result<CgroupResources> resources_of(const ContainerOptions& options);

/// Adds the folders and volumes of the containers that --volumes-from names, "NAME[:ro]", where nothing is yet.
Result<void> take_volumes_from(ContainerSettings& settings, const ContainerOptions& options,
                               const Containers& containers);

/// What they come to for an image and a command that replaces the image's; empty: its own. Looks at the image's user
/// table and, for devices and files of variables, at this machine.
Result<ContainerSettings> settings_of(const ContainerOptions& options, const Engine& engine, const Image& image,
                                      const std::vector<std::string>& command);

} // namespace isolab
