// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "engine/base/error.h"
#include "engine/network/network_values.h"

namespace isolab {

/// Every attachment recorded in a folder, sorted by container; what vanishes while the folder is read is left out.
Result<std::vector<Attachment>> read_attachments(const std::filesystem::path& folder);

} // namespace isolab
