// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading the JSON records of a state folder. For the files of this folder only.
#pragma once

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"

namespace isolab {

/// Reads a record with `parse(Json, subject)`; empty when there is none.
template <class T, class Parse>
Result<std::optional<T>> read_record(const std::filesystem::path& path, const Parse& parse) {
    const auto json = read_json_file(path);
    if (!json && json.error().kind == ErrorKind::not_found)
        return std::nullopt;
    if (!json)
        return tl::unexpected(json.error());
    ISOLAB_ASSIGN(T record, parse(*json, path.string()));
    return std::optional<T>(std::move(record));
}

/// Reads all records of a folder, sorted by file name; what vanishes meanwhile is left out.
template <class T, class Parse>
Result<std::vector<T>> read_records(const std::filesystem::path& folder, const Parse& parse) {
    std::vector<std::filesystem::path> paths;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
        if (entry.path().extension() == ".json")
            paths.push_back(entry.path());
    std::ranges::sort(paths);
    std::vector<T> records;
    for (const std::filesystem::path& path : paths) {
        ISOLAB_ASSIGN(auto record, read_record<T>(path, parse));
        if (record)
            records.push_back(std::move(*record));
    }
    return records;
}

} // namespace isolab
