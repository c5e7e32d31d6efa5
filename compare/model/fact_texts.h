// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace isolab {

/// A statement that a result can make.
struct FactText {
    std::string_view id;
    const char* english; ///< %1, %2, … stand for its facts
};

/// Those of notices and their remedies.
std::span<const FactText> notice_texts() noexcept;

} // namespace isolab
