// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where systemd manages the control groups and they are cgroup2, all containers of a data folder are in one scope unit
// that it delegates. Whoever starts containers enters it first: a process is moved only within what was delegated. The
// scope ends with its last process; where it is stands in a file of the data folder, for those who only look.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/cgroup/cgroup_scope_record.h"

namespace isolab {

/// Moves this process into the scope `name` ("isolab.scope"), which is made where it is not there yet, and records its
/// group in each folder. Nothing happens, and the answer is empty, without systemd or with cgroup v1. Its group
/// otherwise. Errors as start_delegated_scope(). `address` of the bus: empty: as there.
Result<std::string> enter_engine_scope(const std::string& name, const std::vector<std::filesystem::path>& data_folders,
                                       const std::string& address = {});

} // namespace isolab
