// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/print/printed_blocks.h"

#include <algorithm>

#include <QPainter>

#include "gui/charts/drawing_painter.h"
#include "gui/print/broken_text.h"
#include "gui/print/printed_table.h"

namespace isolab {
namespace {

constexpr double figure_space = 10;  ///< above a figure
constexpr double note_space = 8;     ///< above a note
constexpr double note_margin_x = 10; ///< of its text
constexpr double note_margin_y = 5;
constexpr double note_corner = 5;

void append(std::vector<Piece>& pieces, std::vector<Piece> more) {
    pieces.insert(pieces.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// A piece for each line; neither the first nor the last one stands alone.
std::vector<Piece> text_pieces(const std::string& text, const PaperStyle& paper, const TextStyle& style,
                               const QColor& colour) {
    const auto broken = std::make_shared<const BrokenText>(paper_text(text), paper, style, text_column);
    std::vector<Piece> pieces;
    for (int i = 0; i < broken->lines(); ++i) {
        const bool keeps = i + 1 < broken->lines() && (i == 0 || i + 2 == broken->lines());
        pieces.push_back(
            {broken->line_height(), i == 0 ? style.space : 0, keeps, [broken, i, colour](QPainter& painter) {
                 painter.setPen(colour);
                 broken->paint(painter, i, i + 1);
             }});
    }
    return pieces;
}

const TextStyle& style_of_heading(unsigned level) {
    return level <= 1 ? title_style : level == 2 ? section_style : part_style;
}

std::vector<Piece> heading_pieces(const DocumentBlock& block, const PaperStyle& paper) {
    std::vector<Piece> pieces = text_pieces(block.text, paper, style_of_heading(block.level), paper.colours.text);
    for (Piece& piece : pieces)
        piece.keeps_next = true;
    pieces.front().begins_page = block.level <= 1; // the next one of several reports
    return pieces;
}

/// On a ground of its own; more than a page of it has several.
std::vector<Piece> note_pieces(const std::string& text, const PaperStyle& paper) {
    const auto broken =
        std::make_shared<const BrokenText>(paper_text(text), paper, caption_style, text_column - 2 * note_margin_x);
    const ColourPair colours = paper.colours.notice;
    const int fitting = std::max(1, static_cast<int>((text_height - 2 * note_margin_y) / broken->line_height()));
    std::vector<Piece> pieces;
    for (int first = 0; first < broken->lines(); first += fitting) {
        const int end = std::min(broken->lines(), first + fitting);
        const double height = (end - first) * broken->line_height() + 2 * note_margin_y;
        pieces.push_back({height, note_space, false, [=](QPainter& painter) {
                              painter.setPen(Qt::NoPen);
                              painter.setBrush(colours.ground);
                              painter.drawRoundedRect(QRectF(0, 0, text_column, height), note_corner, note_corner);
                              painter.translate(note_margin_x, note_margin_y);
                              painter.setPen(colours.ink);
                              broken->paint(painter, first, end);
                          }});
    }
    return pieces;
}

/// Letters `fine_scale` times as large, for an engine that has them at whole places only.
Drawing fine_texts(const Drawing& drawing) {
    Drawing texts;
    for (Shape shape : drawing.shapes) {
        if (shape.kind != Shape::Kind::text)
            continue;
        shape.text = paper_text(shape.text).toStdString();
        shape.x *= fine_scale;
        shape.y *= fine_scale;
        shape.size *= fine_scale;
        texts.shapes.push_back(std::move(shape));
    }
    return texts;
}

Drawing without_texts(Drawing drawing) {
    std::erase_if(drawing.shapes, [](const Shape& shape) { return shape.kind == Shape::Kind::text; });
    return drawing;
}

std::vector<Piece> figure_pieces(const Drawing& drawing, const PaperStyle& paper) {
    if (!(drawing.width > 0) || !(drawing.height > 0))
        return {};
    const double scale = std::min(text_column / drawing.width, text_height / drawing.height);
    const auto shapes = std::make_shared<const Drawing>(without_texts(drawing));
    const auto texts = std::make_shared<const Drawing>(fine_texts(drawing));
    const QFont font = paper.fine_font(cell_style.size, false);
    return {{drawing.height * scale, figure_space, false,
             [shapes, texts, scale, font, colours = paper.colours](QPainter& painter) {
                 painter.scale(scale, scale);
                 paint_drawing(painter, *shapes, colours, font);
                 painter.scale(1 / fine_scale, 1 / fine_scale);
                 paint_drawing(painter, *texts, colours, font);
             }}};
}

std::vector<Piece> block_pieces(const DocumentBlock& block, const PaperStyle& paper) {
    switch (block.kind) {
    case DocumentBlock::Kind::heading:
        return heading_pieces(block, paper);
    case DocumentBlock::Kind::caption:
        return text_pieces(block.text, paper, caption_style, paper.colours.muted);
    case DocumentBlock::Kind::note:
        return note_pieces(block.text, paper);
    case DocumentBlock::Kind::table:
        return printed_table(block.table, paper);
    case DocumentBlock::Kind::figure:
        return figure_pieces(block.figure, paper);
    case DocumentBlock::Kind::paragraph:
        break;
    }
    return text_pieces(block.text, paper, body_style, paper.colours.text);
}

bool is_text(const DocumentBlock& block) {
    return block.kind == DocumentBlock::Kind::paragraph || block.kind == DocumentBlock::Kind::caption;
}

/// Whether nothing but texts stands between a heading and one of its parts, and this is one of them.
bool introduces_part(const std::vector<DocumentBlock>& blocks, std::size_t index) {
    std::size_t before = index;
    while (before > 0 && is_text(blocks[before]))
        --before;
    std::size_t after = index;
    while (after + 1 < blocks.size() && is_text(blocks[after]))
        ++after;
    return is_text(blocks[index]) && blocks[before].kind == DocumentBlock::Kind::heading &&
           blocks[after].kind == DocumentBlock::Kind::heading && blocks[after].level > blocks[before].level;
}

} // namespace

std::vector<Piece> printed_blocks(const Document& document, const PaperStyle& paper) {
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < document.blocks.size(); ++i) {
        std::vector<Piece> of_block = block_pieces(document.blocks[i], paper);
        if (introduces_part(document.blocks, i))
            for (Piece& piece : of_block)
                piece.keeps_next = true;
        append(pieces, std::move(of_block));
    }
    return pieces;
}

} // namespace isolab
