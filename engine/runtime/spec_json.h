// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/runtime/runtime_spec.h"

namespace isolab {

/// Reads a config.json (OCI runtime specification 1.x). `subject` names the file in errors.
///
/// Nothing that would change what the container is gets lost silently: what is not supported is an Error of kind
/// unsupported that names the field. Annotations have no effect.
Result<RuntimeSpec> parse_runtime_spec(const Json& document, const std::string& subject);

/// The inverse, a document that any OCI runtime reads. The root overlay, if any, is a mount of type "overlay" on "/".
Json runtime_spec_to_json(const RuntimeSpec& spec);

} // namespace isolab
