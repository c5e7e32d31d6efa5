// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/runtime/runtime_process.h"

namespace isolab {

/// Reads `process` of a config.json, or the document that `exec --process` takes. `subject` names the file in errors;
/// corrupt for what the specification does not allow.
Result<RuntimeProcess> parse_runtime_process(const Json& document, const std::string& subject);

/// The inverse.
Json runtime_process_to_json(const RuntimeProcess& process);

} // namespace isolab
