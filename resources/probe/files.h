// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace isolab::probe {

/// The first 64 KiB of a file; empty when it cannot be read.
std::string read_file(const std::string& path);
/// The same without white space at the end.
std::string read_line(const std::string& path);
/// What follows "NAME:" and white space in a line of a text; empty when there is none.
std::string field_of(const std::string& text, const std::string& name);
/// Names in a folder, sorted, without "." and "..", at most so many.
std::vector<std::string> names_in(const std::string& folder, std::size_t most);

} // namespace isolab::probe
