// SPDX-License-Identifier: GPL-3.0-or-later
//
// The names of JSON for headers, which need no more of it; sources that look into a document include json.h.
#pragma once

#include <memory>

#include <nlohmann/json_fwd.hpp>

namespace isolab {

/// JSON whose objects keep the order in which they were written.
using Json = nlohmann::ordered_json;

/// A document that several hold and nobody changes; empty: none.
using SharedJson = std::shared_ptr<const Json>;

} // namespace isolab
