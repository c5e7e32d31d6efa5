// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/runtime/runtime_spec.h"

namespace isolab {

/// Reads `linux` of a config.json into `spec`. `subject` names the file in errors.
Result<void> parse_linux_section(const Json& section, RuntimeSpec& spec, const std::string& subject);

/// `uidMappings` or `gidMappings`, of `linux` and of a mount.
Result<std::vector<IdMapping>> parse_id_mappings(const Json& object, const char* key, const std::string& subject);

/// The inverses.
Json linux_section_to_json(const RuntimeSpec& spec);
Json id_mappings_to_json(const std::vector<IdMapping>& mappings);

} // namespace isolab
