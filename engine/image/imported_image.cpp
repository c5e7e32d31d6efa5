// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/imported_image.h"

#include "engine/image/reference.h"

namespace isolab {

Result<std::string> choose_name(const ImportJob& job, const std::optional<std::string>& found) {
    if (job.name)
        return *job.name;
    const std::filesystem::path file = job.source.has_filename() ? job.source : job.source.parent_path();
    const std::string fallback = image_name_of_file(file.filename().string());
    if (!found)
        return fallback;
    const bool is_full = found->find_first_of(":/") != std::string::npos;
    return normalise_image_name(is_full ? *found : fallback.substr(0, fallback.rfind(':') + 1) + *found);
}

} // namespace isolab
