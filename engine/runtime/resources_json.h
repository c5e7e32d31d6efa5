// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/cgroup/cgroup_resources.h"

namespace isolab {

/// Reads `linux.resources` of a config.json (OCI runtime specification 1.3, config-linux.md), or what `update` is
/// given. null is an empty object. corrupt for a field of the wrong type or range, with its name; fields that are not
/// in the specification are passed over, as it demands. `subject` names the file in errors.
Result<CgroupResources> parse_resources(const Json& document, const std::string& subject);

/// The inverse: an object without the fields that are unset.
Json resources_to_json(const CgroupResources& resources);

} // namespace isolab
