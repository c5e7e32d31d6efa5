// SPDX-License-Identifier: GPL-3.0-or-later
//
// From the command line to what a verb works on.
#pragma once

#include <optional>

#include "engine/cgroup/control_group.h"
#include "engine/launcher/command/options.h"
#include "engine/launcher/oci/state_folder.h"

namespace isolab::launcher {

/// Where the states are; the caches lie beside it. invalid_argument when no folder is known.
Result<std::filesystem::path> states_of(const Options& options);

/// The record and status of the container that is named, without waiting for other verbs.
Result<ContainerView> look_at_named(const Options& options);

/// One container of `states`, as it is now: with the freezer's word too.
Result<ContainerView> look_with_group(const std::filesystem::path& states, const std::string& id);

/// The container's control group; empty when it has none, or none can be found any more.
std::optional<ControlGroup> group_of(const ContainerRecord& record);

/// The Error of a verb that comes at the wrong moment.
tl::unexpected<Error> wrong_status(const char* operation, const Options& options, ContainerStatus status,
                                   std::string remedy = {});

} // namespace isolab::launcher
