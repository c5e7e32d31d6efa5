// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace isolab {

/// English texts of the libraries in which %1 and %2 stand for what is not the same each time; a translation of each is
/// in the context "Catalogue".
std::span<const char* const> catalogue_patterns();

} // namespace isolab
