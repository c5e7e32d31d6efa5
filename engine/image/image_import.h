// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/image/imported_image.h"

namespace isolab {

/// Reads an OCI image layout folder, or any archive or plain tar; see ImageStore::import().
Result<ImportedImage> import_image(const ImportJob& job);

} // namespace isolab
