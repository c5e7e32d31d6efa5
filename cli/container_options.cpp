// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/container_options.h"

#include <algorithm>

#include "cli/container_values.h"
#include "engine/base/duration.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/signal_name.h"
#include "engine/base/size.h"
#include "engine/containers/container_capabilities.h"
#include "engine/containers/image_defaults.h"

namespace isolab {
namespace {

Result<std::optional<std::int64_t>> bytes_of(const std::optional<std::string>& text) {
    if (!text)
        return std::nullopt;
    return parse_memory(*text).map([](std::int64_t bytes) { return std::optional(bytes); });
}

Result<std::vector<std::string>> variables_of(const ContainerOptions& options) {
    std::vector<std::string> all;
    for (const std::string& file : options.env_files) {
        ISOLAB_ASSIGN(const auto lines, read_value_lines(file));
        for (const std::string& line : lines)
            for (const std::string& variable : variable_of(line))
                all.push_back(variable);
    }
    for (const std::string& text : options.env) {
        const auto more = variable_of(text);
        all.insert(all.end(), more.begin(), more.end());
    }
    if (options.terminal)
        all.emplace(all.begin(), "TERM=xterm");
    return all;
}

Result<void> take_security(ContainerSettings& settings, const ContainerOptions& options) {
    settings.process.no_new_privileges = !options.privileged;
    for (const std::string& option : options.security) {
        const auto colon = option.find_first_of("=:");
        const std::string key = option.substr(0, colon);
        const std::string value = colon == std::string::npos ? "" : option.substr(colon + 1);
        if (key == "no-new-privileges")
            settings.process.no_new_privileges = value != "false";
        else if (key == "seccomp" && value == "unconfined")
            settings.unconfined_seccomp = true;
        else if (key == "seccomp") {
            ISOLAB_ASSIGN(Json profile, read_json_file(value));
            settings.seccomp = share(std::move(profile));
        } else if (key == "apparmor")
            settings.process.apparmor_profile = value == "unconfined" ? "" : value;
        else if (key == "label" && value != "disable")
            settings.process.selinux_label = value;
        else if (key != "label")
            return fail(
                ErrorKind::invalid_argument, "use security option", option, "it is not known",
                "There are no-new-privileges, seccomp=FILE, seccomp=unconfined, apparmor=PROFILE and label=LABEL");
    }
    return {};
}

Result<void> take_places(ContainerSettings& settings, const ContainerOptions& options) {
    const auto take = [&](const std::vector<std::string>& texts, auto parse) -> Result<void> {
        for (const std::string& text : texts) {
            ISOLAB_ASSIGN(ContainerMount mount, parse(text));
            settings.mounts.push_back(std::move(mount));
        }
        return {};
    };
    ISOLAB_TRY(take(options.volumes, parse_volume));
    ISOLAB_TRY(take(options.mounts, parse_mount));
    ISOLAB_TRY(take(options.tmpfs, parse_tmpfs));
    for (const std::string& text : options.devices) {
        ISOLAB_ASSIGN(const DeviceWish wish, find_device(text));
        if (settings.resources.devices.empty())
            settings.resources.devices.emplace_back(); // nothing but what follows
        settings.devices.push_back(wish.node);
        settings.resources.devices.push_back(wish.rule);
    }
    for (const std::string& text : options.device_rules) {
        ISOLAB_ASSIGN(const DeviceRule rule, parse_device_rule(text));
        if (settings.resources.devices.empty())
            settings.resources.devices.emplace_back();
        settings.resources.devices.push_back(rule);
    }
    if (options.privileged) {
        settings.resources.devices.emplace_back();
        settings.resources.devices.back().allow = true;
    }
    return {};
}

Result<void> take_network(ContainerSettings& settings, const ContainerOptions& options) {
    settings.network = options.network;
    for (const std::string& text : options.ports) {
        ISOLAB_ASSIGN(const auto ports, parse_port_forward(text));
        settings.ports.insert(settings.ports.end(), ports.begin(), ports.end());
    }
    settings.extra_hosts = options.hosts;
    settings.address = options.ip;
    settings.network_aliases = options.network_aliases;
    settings.dns_servers = options.dns;
    settings.dns_search = options.dns_search;
    settings.dns_options = options.dns_options;
    settings.pid_mode = options.pid;
    settings.ipc_mode = options.ipc;
    settings.uts_mode = options.uts;
    settings.cgroup_mode = options.cgroup;
    if (!options.cgroup.empty() && options.cgroup != "host" && options.cgroup != "private")
        return fail(ErrorKind::invalid_argument, "use --cgroupns", options.cgroup, "it is not known",
                    "There are host and private");
    for (const auto& [name, mode] :
         {std::pair("--pid", options.pid), std::pair("--ipc", options.ipc), std::pair("--uts", options.uts)})
        if (!mode.empty() && mode != "host" && mode != "private" && !mode.starts_with("container:"))
            return fail(ErrorKind::invalid_argument, std::string("use ") + name, mode, "it is not known",
                        "There are host, private and container:NAME");
    return {};
}

Result<std::optional<HealthCheck>> health_of(const ContainerOptions& options, const Image& image) {
    if (options.no_health_check)
        return std::nullopt;
    HealthCheck check;
    if (options.health_command) {
        check.command = shell_command(*options.health_command);
    } else {
        ISOLAB_ASSIGN(const auto images, image_health_check(image.config));
        if (!images)
            return std::nullopt;
        check = *images;
    }
    const auto take = [](const std::optional<std::string>& text, Nanoseconds& into) -> Result<void> {
        if (text) {
            ISOLAB_ASSIGN(into, parse_duration(*text));
        }
        return {};
    };
    ISOLAB_TRY(take(options.health_interval, check.interval));
    ISOLAB_TRY(take(options.health_timeout, check.timeout));
    ISOLAB_TRY(take(options.health_start_period, check.start_period));
    ISOLAB_TRY(take(options.health_start_interval, check.start_interval));
    check.retries = options.health_retries.value_or(check.retries);
    constexpr Nanoseconds shortest = std::chrono::milliseconds(1);
    if (std::min({check.interval, check.timeout, check.start_interval}) < shortest || check.retries == 0)
        return fail(ErrorKind::invalid_argument, "use health check", check.command.back(),
                    "intervals and timeout must be at least 1 ms, and retries at least 1");
    return check;
}

Result<SupervisionOrder> supervision_of(const ContainerOptions& options, const Image& image) {
    SupervisionOrder order;
    ISOLAB_ASSIGN(order.restart, parse_restart_policy(options.restart));
    if (options.remove && order.restart.mode != RestartMode::never)
        return fail(ErrorKind::invalid_argument, "use --rm", {}, "it contradicts --restart " + options.restart);
    ISOLAB_ASSIGN(order.health, health_of(options, image));
    ISOLAB_ASSIGN(order.log, parse_log_limits(options.log_driver, options.log_options));
    order.standard_input = options.interactive;
    order.init = options.init;
    return order;
}

Result<ProcessSpec> process_of(const ContainerOptions& options, const Engine& engine, const Image& image,
                               const std::vector<std::string>& command) {
    ProcessOverrides overrides;
    overrides.user = options.user;
    overrides.cwd = options.cwd;
    overrides.groups = options.group_add;
    overrides.stop_signal = options.stop_signal;
    overrides.command = override_command(image.config, options.entrypoint, command);
    ISOLAB_ASSIGN(overrides.env, variables_of(options));
    return engine.resolve_process(image, overrides);
}

Result<void> take_process(RuntimeProcess& process, const ContainerOptions& options) {
    process.terminal = options.terminal;
    process.oom_score_adj = options.oom_score;
    ISOLAB_ASSIGN(process.capabilities,
                  choose_capabilities({options.privileged, options.cap_add, options.cap_drop}, process.uid == 0));
    for (const std::string& text : options.ulimits) {
        ISOLAB_ASSIGN(ResourceLimit limit, parse_ulimit(text));
        process.rlimits.push_back(std::move(limit));
    }
    return {};
}

Result<std::optional<BlockIoResources>> block_io_of(const ContainerOptions& options) {
    BlockIoResources block;
    block.weight = options.block_weight;
    for (const auto& [texts, rates] :
         {std::pair(&options.read_bytes, &block.read_bytes), std::pair(&options.write_bytes, &block.write_bytes),
          std::pair(&options.read_operations, &block.read_operations),
          std::pair(&options.write_operations, &block.write_operations)})
        for (const std::string& text : *texts) {
            ISOLAB_ASSIGN(const auto rate, parse_device_rate(text));
            rates->push_back(rate);
        }
    return block == BlockIoResources{} ? std::nullopt : std::optional(std::move(block));
}

Result<void> take_labels(ContainerSettings& settings, const ContainerOptions& options, const Image& image) {
    settings.labels = image.config.labels;
    std::vector<std::string> texts;
    for (const std::string& file : options.label_files) {
        ISOLAB_ASSIGN(const auto more, read_value_lines(file));
        texts.insert(texts.end(), more.begin(), more.end());
    }
    texts.insert(texts.end(), options.labels.begin(), options.labels.end());
    for (const std::string& text : texts) {
        const auto [key, value] = split_pair(text);
        settings.labels[key] = value;
    }
    for (const std::string& annotation : options.annotations)
        settings.annotations.insert(split_pair(annotation));
    return {};
}

/// What the image declares, where nothing was said about it.
Result<void> take_image(ContainerSettings& settings, const ContainerOptions& options, const Image& image) {
    ISOLAB_TRY(add_image_volumes(settings, image.config));
    if (options.publish_all) {
        std::vector<std::string> exposed = image.config.exposed_ports;
        exposed.insert(exposed.end(), options.exposed.begin(), options.exposed.end());
        ISOLAB_TRY(publish_exposed_ports(settings, exposed));
    }
    return {};
}

} // namespace

Result<void> take_volumes_from(ContainerSettings& settings, const ContainerOptions& options,
                               const Containers& containers) {
    for (const std::string& text : options.volumes_from) {
        const auto colon = text.find(':');
        const std::string mode = colon == std::string::npos ? "" : text.substr(colon + 1);
        if (!mode.empty() && mode != "ro" && mode != "rw")
            return fail(ErrorKind::invalid_argument, "use --volumes-from", text, "\"" + mode + "\" is not ro or rw");
        ISOLAB_TRY(containers.add_mounts_of(text.substr(0, colon), mode == "ro", settings));
    }
    return {};
}

Result<CgroupResources> resources_of(const ContainerOptions& options) {
    CgroupResources resources;
    ISOLAB_ASSIGN(resources.memory_limit, bytes_of(options.memory));
    ISOLAB_ASSIGN(resources.memory_swap, bytes_of(options.memory_swap));
    ISOLAB_ASSIGN(resources.memory_reservation, bytes_of(options.memory_reservation));
    if (options.cpus) {
        ISOLAB_ASSIGN(resources.cpu_quota, parse_cpus(*options.cpus));
        resources.cpu_period = 100'000;
    }
    resources.cpu_shares = options.cpu_shares;
    resources.cpus = options.cpuset_cpus.value_or("");
    resources.mems = options.cpuset_mems.value_or("");
    resources.pids_limit = options.pids_limit;
    if (options.cpus && (options.cpu_quota || options.cpu_period))
        return fail(ErrorKind::invalid_argument, "use --cpus", *options.cpus,
                    "--cpu-quota and --cpu-period say the same in other words");
    if (options.cpu_quota)
        resources.cpu_quota = options.cpu_quota;
    if (options.cpu_period)
        resources.cpu_period = options.cpu_period;
    resources.memory_swappiness = options.memory_swappiness;
    if (options.no_oom_killer)
        resources.disable_oom_killer = true;
    ISOLAB_ASSIGN(resources.block_io, block_io_of(options));
    return resources;
}

Result<ContainerSettings> settings_of(const ContainerOptions& options, const Engine& engine, const Image& image,
                                      const std::vector<std::string>& command) {
    ISOLAB_ASSIGN(const ProcessSpec process, process_of(options, engine, image, command));
    ContainerSettings settings = default_settings(process);
    settings.name = options.name;
    settings.hostname = options.hostname;
    settings.domain_name = options.domain_name;
    settings.auto_remove = options.remove;
    settings.privileged = options.privileged;
    settings.read_only_root = options.read_only;
    settings.strict_limits = options.strict;
    ISOLAB_TRY(take_process(settings.process, options));
    ISOLAB_ASSIGN(settings.resources, resources_of(options));
    ISOLAB_TRY(take_labels(settings, options, image));
    for (const std::string& sysctl : options.sysctls)
        settings.sysctls.insert(split_pair(sysctl));
    if (options.shm_size) {
        ISOLAB_ASSIGN(settings.shm_size, parse_size(*options.shm_size));
    }
    ISOLAB_ASSIGN(settings.supervision, supervision_of(options, image));
    settings.supervision.stop_signal = settings.process.stop_signal;
    if (options.stop_timeout)
        settings.stop_timeout = std::chrono::seconds(*options.stop_timeout);
    ISOLAB_TRY(take_security(settings, options));
    ISOLAB_TRY(take_places(settings, options));
    ISOLAB_TRY(take_network(settings, options));
    ISOLAB_TRY(take_image(settings, options, image));
    return settings;
}

} // namespace isolab
