// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/chart/drawing.h"

namespace isolab {

double text_width(std::string_view text, double size) noexcept {
    constexpr double narrow = 0.56; ///< em, of the letters and digits of common sans-serif fonts on average
    double width = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0U) == 0x80U)
            continue;
        width += byte >= 0xE3 && byte <= 0xED ? 1 : narrow; // U+3000 and above: CJK
    }
    return width * size;
}

} // namespace isolab
