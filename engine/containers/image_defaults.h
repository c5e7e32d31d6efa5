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

/// A volume without a name for each place that the image declares one for and the settings have nothing at.
Result<void> add_image_volumes(ContainerSettings& settings, const ImageConfig& config);

/// A request for any port of the host for each of `exposed` ("80", "53/udp", "8000-8009/tcp") whose port the settings
/// do not publish already.
Result<void> publish_exposed_ports(ContainerSettings& settings, const std::vector<std::string>& exposed);

} // namespace isolab
