// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/cgroup_scope_record.h"

#include "engine/base/file_tree.h"

namespace isolab {

std::string recorded_scope(const std::filesystem::path& data_folder) {
    std::string group = read_file(data_folder / scope_record).value_or("");
    group.erase(group.find_last_not_of('\n') + 1);
    const std::filesystem::path path(group);
    const bool plain = path.is_absolute() && path.lexically_normal() == path && group.size() > 1;
    return plain ? group : std::string();
}

} // namespace isolab
