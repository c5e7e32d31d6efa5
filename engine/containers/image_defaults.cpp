// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/image_defaults.h"

#include <algorithm>

namespace isolab {

Result<std::optional<HealthCheck>> image_health_check(const ImageConfig& config) {
    if (!config.health_check || config.health_check->test.empty() || config.health_check->test.front() == "NONE")
        return std::nullopt;
    const ImageHealthCheck& wanted = *config.health_check;
    HealthCheck check;
    if (wanted.test.front() == "CMD") {
        check.command.assign(wanted.test.begin() + 1, wanted.test.end());
    } else if (wanted.test.front() == "CMD-SHELL" && wanted.test.size() == 2) {
        check.command = config.shell.empty() ? std::vector<std::string>{"/bin/sh", "-c"} : config.shell;
        check.command.push_back(wanted.test.back());
    }
    if (check.command.empty())
        return fail(ErrorKind::invalid_argument, "use the image's health check", wanted.test.front(),
                    "it is neither CMD nor CMD-SHELL with a command", "Use --no-healthcheck, or --health-cmd");
    if (wanted.interval.count() > 0)
        check.interval = wanted.interval;
    if (wanted.timeout.count() > 0)
        check.timeout = wanted.timeout;
    check.start_period = wanted.start_period;
    if (wanted.start_interval.count() > 0)
        check.start_interval = wanted.start_interval;
    if (wanted.retries > 0)
        check.retries = wanted.retries;
    return check;
}

std::vector<std::string> override_command(const ImageConfig& config, const std::optional<std::string>& entrypoint,
                                          const std::vector<std::string>& command) {
    std::vector<std::string> words;
    if (entrypoint && !entrypoint->empty())
        words.push_back(*entrypoint);
    else if (!entrypoint && !command.empty())
        words = config.entrypoint;
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

Result<void> add_image_volumes(ContainerSettings& settings, const ImageConfig& config) {
    for (const std::string& place : config.volumes) {
        std::string target = std::filesystem::path(place).lexically_normal().string();
        if (target.size() > 1 && target.ends_with('/'))
            target.pop_back();
        if (!target.starts_with('/') || target == "/")
            return fail(ErrorKind::invalid_argument, "make the image's volume", place, "it is no absolute path");
        const bool taken = std::ranges::any_of(settings.mounts, [&](const auto& one) { return one.target == target; });
        if (!taken)
            settings.mounts.push_back({"volume", {}, target, {}, false, {}});
    }
    return {};
}

Result<void> publish_exposed_ports(ContainerSettings& settings, const std::vector<std::string>& exposed) {
    for (const std::string& text : exposed) {
        ISOLAB_ASSIGN(const std::vector<PortRequest> ports, parse_port_forward(text));
        for (const PortRequest& port : ports) {
            const bool published = std::ranges::any_of(settings.ports, [&](const PortRequest& one) {
                return one.container_port == port.container_port && one.transport == port.transport;
            });
            if (!published)
                settings.ports.push_back(port);
        }
    }
    return {};
}

} // namespace isolab
