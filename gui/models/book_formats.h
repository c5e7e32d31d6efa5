// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QString>

#include "compare/experiment/experiment_result.h"

namespace isolab {

/// How a measured book is written into a file.
struct BookFormat {
    const char* suffix; ///< "html"
    const char* name;   ///< for people, to be translated in the context "BookFormats"
    /// Blocks; may be called from any thread.
    Result<void> (*write)(const SuiteResult& result, const std::string& file);
};

const std::vector<BookFormat>& book_formats();

/// "HTML report (*.html)", as a dialog asks for it.
QString book_format_filter(const BookFormat& format);

} // namespace isolab
