// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace isolab {

/// Operations per second by kernel, when the output of a run is one document of schema isolab.bench/1 (see
/// resources/README.md) and nothing else; otherwise empty. The output may be hostile: names are short words, figures
/// are finite and above 0, or they are left out. Pure.
std::map<std::string, double> work_of(std::string_view output);

} // namespace isolab
