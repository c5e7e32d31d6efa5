// SPDX-License-Identifier: GPL-3.0-or-later
//
// In which language a document speaks.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "compare/model/fact.h"
#include "engine/base/error.h"

namespace isolab {

/// How facts are said in the language of a document.
struct Speech {
    std::string language = "en"; ///< BCP 47: "en", "zh"
    std::function<std::string(const Fact&)> say;
};

Speech english_speech();

/// Simplified Chinese, of the window's translations; what is not among them (names, errors of programs) stays English.
Speech chinese_speech();

/// By "en" or "zh"; invalid_argument for any other.
Result<Speech> speech_in(const std::string& language);

/// A text of translations/isolab_zh_CN.ts, UTF-8.
struct Translation {
    std::string_view context; ///< "Facts", "Catalogue"
    std::string_view source;
    std::string_view text;
};

/// Those of the contexts that a document needs. Made from the file when Isolab is built (cmake/WriteTexts.cmake), so
/// that one file serves the window and programs without Qt.
std::span<const Translation> chinese_texts() noexcept;

} // namespace isolab
