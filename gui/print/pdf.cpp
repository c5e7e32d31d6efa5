// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/print/pdf.h"

#include <QBuffer>
#include <QFile>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>

#include "engine/base/file_tree.h"
#include "gui/print/broken_text.h"
#include "gui/print/page_flow.h"
#include "gui/print/paper.h"
#include "gui/print/pdf_properties.h"
#include "gui/print/printed_blocks.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr int resolution = 1200;
constexpr double footer_top = paper_height - paper_margin + 7 * units_of_mm;
constexpr double footer_rule = footer_top - 2 * units_of_mm;
constexpr double page_number_width = 80;

QString author() { return u"Isolab "_s + QStringLiteral(ISOLAB_VERSION); }

/// The title, and where one is: "3 / 12".
void paint_footer(QPainter& painter, const PaperStyle& paper, const QString& title, std::size_t page,
                  std::size_t pages) {
    painter.setPen(QPen(paper.colours.hairline, 0.75));
    painter.drawLine(QPointF(paper_margin, footer_rule), QPointF(paper_width - paper_margin, footer_rule));
    painter.setPen(paper.colours.muted);
    painter.save();
    painter.translate(paper_margin, footer_top);
    BrokenText(title, paper, footer_style, text_column - page_number_width).paint(painter, 0, 1);
    painter.translate(text_column - page_number_width, 0);
    BrokenText(u"%1 / %2"_s.arg(page).arg(pages), paper, footer_style, page_number_width, Qt::AlignRight)
        .paint(painter, 0, 1);
    painter.restore();
}

void paint_page(QPainter& painter, const PlacedPage& page) {
    for (const PlacedPiece& placed : page) {
        painter.save();
        painter.translate(paper_margin, paper_margin + placed.top);
        placed.piece->paint(painter);
        painter.restore();
    }
}

bool paint_document(QPdfWriter& writer, const Document& document) {
    const PaperStyle paper = make_paper_style(document.language);
    const std::vector<Piece> pieces = printed_blocks(document, paper);
    const std::vector<PlacedPage> pages = flow_onto_pages(pieces, text_height);
    QPainter painter;
    if (!painter.begin(&writer))
        return false;
    painter.scale(resolution / 96.0, resolution / 96.0);
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t i = 0; i < pages.size(); ++i) {
        if (i > 0 && !writer.newPage())
            return false;
        paint_page(painter, pages[i]);
        paint_footer(painter, paper, paper_text(document.title), i + 1, pages.size());
    }
    return painter.end();
}

/// The language as a reader that speaks takes it.
QString language_tag(const std::string& language) {
    return language == "zh" ? u"zh-CN"_s : QString::fromStdString(language);
}

} // namespace

Result<QByteArray> pdf_of(const Document& document) {
    if (!can_print(document.language))
        return fail(ErrorKind::unavailable, "write a PDF of", document.title,
                    "no font of this system has letters for its language",
                    "Install one: fonts-dejavu-core for English, fonts-wqy-microhei for Chinese");
    QByteArray pdf;
    QBuffer buffer(&pdf);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setResolution(resolution);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins({});
    writer.setTitle(paper_text(document.title));
    writer.setCreator(author());
    if (!paint_document(writer, document))
        return fail(ErrorKind::system, "write a PDF of", document.title, "Qt could not paint it");
    return with_properties(pdf, author(), language_tag(document.language));
}

Result<void> write_pdf(const Document& document, const QString& file) {
    ISOLAB_ASSIGN(const QByteArray pdf, pdf_of(document));
    return write_user_file(QFile::encodeName(file).toStdString(),
                           {pdf.constData(), static_cast<std::size_t>(pdf.size())});
}

} // namespace isolab
