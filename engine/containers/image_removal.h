// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/base/error.h"
#include "engine/image/image_store.h"

namespace isolab {

/// Removes an image, also a damaged one, with the blobs and unpacked layers that nothing else needs. Layers that a
/// container uses stay, whatever becomes of the image's name. The store is that of a data folder, whose containers and
/// layers lie beside it. invalid_argument for an image that a container was made of, unless `force`.
Result<void> remove_image(ImageStore& images, const std::string& name, bool force);

} // namespace isolab
