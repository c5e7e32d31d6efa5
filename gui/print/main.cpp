// SPDX-License-Identifier: GPL-3.0-or-later
//
// isolab-print: a document as JSON (compare/report/document_json.h) on standard input, a PDF on standard output. It is
// a program of its own so that `isolab`, which calls it, starts without Qt.
//
// Exit codes: 0, 2 for a wrong command line, 1 for all else, with a line on standard error.
#include <cstdio>

#include <QGuiApplication>

#include "compare/report/document_json.h"
#include "engine/base/json.h"
#include "engine/base/standard_streams.h"
#include "gui/print/pdf.h"

namespace isolab {
namespace {

constexpr std::uint64_t longest_document = 256U << 20U; ///< bytes

Result<void> print_document() {
    ISOLAB_ASSIGN(const std::string text, read_standard_input(longest_document));
    ISOLAB_ASSIGN(const Json json, parse_json(text, "standard input"));
    ISOLAB_ASSIGN(const Document document, parse_document(json, "standard input"));
    ISOLAB_ASSIGN(const QByteArray pdf, pdf_of(document));
    return write_standard_output({pdf.constData(), static_cast<std::size_t>(pdf.size())});
}

} // namespace
} // namespace isolab

int main(int argc, char** argv) {
    isolab::block_closed_standard_streams();
    if (argc > 1) {
        std::fputs("usage: isolab-print < DOCUMENT > PDF (isolab report --format pdf calls it)\n", stderr);
        return 2;
    }
    qputenv("QT_QPA_PLATFORM", "offscreen"); // paper needs no display, wherever it is printed
    const QGuiApplication app(argc, argv);
    const auto done = isolab::print_document();
    if (!done)
        std::fprintf(stderr, "isolab-print: %s\n", done.error().message().c_str());
    return done ? 0 : 1;
}
