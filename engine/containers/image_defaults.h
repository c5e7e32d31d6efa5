// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an image asks of the containers that are made of it. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/containers/container_settings.h"

namespace isolab {

/// Its health check; empty when it has none or says "NONE". invalid_argument for a form that is not known.
Result<std::optional<HealthCheck>> image_health_check(const ImageConfig& config);

/// The words that a container executes: the image's entrypoint, or `entrypoint` in its place (empty: none), and then
/// `command`. Empty when nothing is given: then the image's own entrypoint and command stand.
std::vector<std::string> override_command(const ImageConfig& config, const std::optional<std::string>& entrypoint,
                                          const std::vector<std::string>& command);

/// Adds an anonymous volume at each place where the image declares one and the settings mount nothing.
Result<void> add_image_volumes(ContainerSettings& settings, const ImageConfig& config);

/// Adds a request for any free port of the host for each of `exposed` ("80", "53/udp", "8000-8009/tcp") whose port the
/// settings do not publish already.
Result<void> publish_exposed_ports(ContainerSettings& settings, const std::vector<std::string>& exposed);

} // namespace isolab
