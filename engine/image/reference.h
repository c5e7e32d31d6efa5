// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace isolab {

/// The one form in which image names are stored and compared: "[HOST[:PORT]/]PATH:TAG". A missing tag becomes
/// "latest"; "docker.io/" and "docker.io/library/" are left out, as people write these names. Path components and tags
/// follow the grammar of the OCI distribution spec 1.1 ("Pulling manifests"). invalid_argument names the fault.
/// "redis" and "docker.io/library/redis" give "redis:latest"; "localhost:5000/app" gives "localhost:5000/app:latest".
Result<std::string> normalise_image_name(std::string_view text);

/// A valid name made of a file's name: "My Root.tar.gz" gives "my-root:latest".
std::string image_name_of_file(std::string_view file_name);

} // namespace isolab
