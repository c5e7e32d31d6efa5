// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/attachment_records.h"

#include "engine/network/state_records.h"

namespace isolab {

Result<std::vector<Attachment>> read_attachments(const std::filesystem::path& folder) {
    return read_records<Attachment>(folder, attachment_from_json);
}

} // namespace isolab
