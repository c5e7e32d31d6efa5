// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace isolab {

/// A set of capabilities, bit N standing for capability number N (capabilities(7)).
using CapabilityMask = std::uint64_t;

/// "CAP_CHOWN" or "chown" to its number; empty for an unknown name.
std::optional<unsigned> capability_number(std::string_view name);
/// The inverse; "CAP_41" for one that this program does not know by name.
std::string capability_name(unsigned number);

/// What a container's root may do when nothing else is asked for: the fourteen capabilities that Docker grants too.
const std::vector<std::string>& default_capabilities();

/// The set of names; names nobody knows go to `unknown`.
CapabilityMask capability_mask(const std::vector<std::string>& names, std::vector<std::string>& unknown);

/// Names of a set, by number.
std::vector<std::string> capability_names(CapabilityMask mask);

/// The calling thread's bounding set: what can be granted at most.
CapabilityMask bounding_capabilities();

/// Whether the calling thread may make the capability effective.
bool is_permitted(unsigned number);

/// Makes a permitted capability effective in the calling thread.
Result<void> raise_capability(unsigned number);

/// Drops every capability outside of `keep` from the bounding set. Needs CAP_SETPCAP.
Result<void> limit_bounding_capabilities(CapabilityMask keep);

/// Sets the calling thread's sets, ambient last. Ambient is cut to what is permitted and inheritable, as the kernel
/// asks.
Result<void> apply_capabilities(CapabilityMask effective, CapabilityMask permitted, CapabilityMask inheritable,
                                CapabilityMask ambient);

} // namespace isolab
