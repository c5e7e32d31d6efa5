// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/book_formats.h"

#include <QCoreApplication>

#include "compare/report/document_check.h"
#include "compare/report/experiment_json.h"
#include "compare/report/html_report.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "gui/models/speech.h"
#include "gui/print/pdf.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

Result<void> write_html(const SuiteResult& result, const std::string& file) {
    return write_user_file(file, html_report(suite_document(result, window_speech())));
}

Result<void> write_paper(const SuiteResult& result, const std::string& file) {
    return write_pdf(suite_document(result, window_speech()), QString::fromStdString(file));
}

Result<void> write_json(const SuiteResult& result, const std::string& file) {
    return write_user_file(file, sealed(suite_result_json(result)).dump(2) + "\n");
}

} // namespace

const std::vector<BookFormat>& book_formats() {
    static const std::vector<BookFormat> formats{
        {"html", QT_TRANSLATE_NOOP("BookFormats", "Report with pictures, as HTML"), write_html},
        {"pdf", QT_TRANSLATE_NOOP("BookFormats", "Report on paper, as PDF"), write_paper},
        {"json", QT_TRANSLATE_NOOP("BookFormats", "Every figure, as JSON"), write_json},
    };
    return formats;
}

QString book_format_filter(const BookFormat& format) {
    return u"%1 (*.%2)"_s.arg(QCoreApplication::translate("BookFormats", format.name),
                              QString::fromLatin1(format.suffix));
}

} // namespace isolab
