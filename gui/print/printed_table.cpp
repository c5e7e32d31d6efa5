// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/print/printed_table.h"

#include <algorithm>
#include <numeric>

#include <QPainter>

#include "gui/print/broken_text.h"

namespace isolab {
namespace {

constexpr double table_space = 10;    ///< above a table
constexpr double column_gap = 12;     ///< right of each column but the last
constexpr double cell_margin = 4;     ///< above and below the lines of a row
constexpr double smallest_cells = 8;  ///< size of letters to which a broad table may shrink
constexpr double longest_word = 0.34; ///< of the table; what is longer is broken
constexpr double highest_head = 0.3;  ///< of a page; one that is higher is not repeated
constexpr double name_letters = 7;    ///< that the first column has at least, of scripts without spaces, too
constexpr double cell_letters = 4;    ///< the others
constexpr double hairline = 0.75;

using Row = std::vector<DocumentCell>;

/// A row in lines, each cell at its place.
struct PrintedRow {
    struct Cell {
        SharedText text;
        double left = 0;
        QColor colour;
    };
    std::vector<Cell> cells;
    int lines = 1;
    double line_height = 0;
    QColor rule;
};

std::size_t columns_of(const DocumentTable& table) {
    std::size_t columns = table.head.size();
    for (const Row& row : table.rows)
        columns = std::max(columns, row.size());
    return columns;
}

void add_wishes(std::vector<ColumnWish>& wishes, const Row& row, const PaperStyle& paper, double size) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        const TextWidth width = width_of(paper_text(row[i].text), paper, size, row[i].strong);
        const double gap = i + 1 < wishes.size() ? column_gap : 0;
        const double some_letters = std::min(width.line, (i == 0 ? name_letters : cell_letters) * size);
        const double least =
            row[i].number ? width.line : std::max(some_letters, std::min(width.word, longest_word * text_column));
        wishes[i].least = std::max(wishes[i].least, least + gap);
        wishes[i].most = std::max(wishes[i].most, width.line + gap);
    }
}

std::vector<ColumnWish> wishes_of(const DocumentTable& table, const PaperStyle& paper, double size) {
    std::vector<ColumnWish> wishes(columns_of(table));
    add_wishes(wishes, table.head, paper, size);
    for (const Row& row : table.rows)
        add_wishes(wishes, row, paper, size);
    return wishes;
}

double least_of(const std::vector<ColumnWish>& wishes) {
    return std::accumulate(wishes.begin(), wishes.end(), 0.0,
                           [](double sum, const ColumnWish& wish) { return sum + wish.least; });
}

QColor colour_of_cell(const DocumentCell& cell, bool head, const Colours& colours) {
    if (!cell.world.empty())
        return colours.ink(cell.world);
    return head ? colours.muted : colours.text;
}

PrintedRow printed_row(const Row& row, const std::vector<double>& widths, const TextStyle& style,
                       const PaperStyle& paper, bool head) {
    PrintedRow printed{{}, 1, style.size * style.line, paper.colours.hairline};
    double left = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const double width = widths[i] - (i + 1 < widths.size() ? column_gap : 0);
        TextStyle of_cell = style;
        of_cell.strong = row[i].strong;
        const auto text =
            std::make_shared<const BrokenText>(paper_text(row[i].text), paper, of_cell, std::max(1.0, width),
                                               row[i].number ? Qt::AlignRight : Qt::AlignLeft);
        printed.lines = std::max(printed.lines, text->lines());
        printed.cells.push_back({text, left, colour_of_cell(row[i], head, paper.colours)});
        left += widths[i];
    }
    return printed;
}

void paint_row(QPainter& painter, const PrintedRow& row, int first, int end, double height) {
    for (const PrintedRow::Cell& cell : row.cells) {
        painter.save();
        painter.translate(cell.left, cell_margin);
        painter.setPen(cell.colour);
        cell.text->paint(painter, first, end);
        painter.restore();
    }
    if (end < row.lines)
        return;
    painter.setPen(QPen(row.rule, hairline));
    painter.drawLine(QPointF(0, height), QPointF(text_column, height));
}

/// The row in pieces that fit on a page: almost always one.
void add_row(std::vector<Piece>& pieces, PrintedRow row, double page, const std::shared_ptr<const Piece>& head) {
    const auto shared = std::make_shared<const PrintedRow>(std::move(row));
    const int fitting = std::max(1, static_cast<int>((page - 2 * cell_margin) / shared->line_height));
    for (int first = 0; first < shared->lines; first += fitting) {
        const int end = std::min(shared->lines, first + fitting);
        const double height = (end - first) * shared->line_height + 2 * cell_margin;
        pieces.push_back(
            {height, 0, false,
             [shared, first, end, height](QPainter& painter) { paint_row(painter, *shared, first, end, height); },
             head});
    }
}

} // namespace

std::vector<double> column_widths(const std::vector<ColumnWish>& wishes, double width) {
    double least = 0;
    double most = 0;
    for (const ColumnWish& wish : wishes) {
        least += wish.least;
        most += std::max(wish.most, wish.least);
    }
    std::vector<double> widths;
    for (const ColumnWish& wish : wishes) {
        const double liked = std::max(wish.most, wish.least);
        if (most <= width)
            widths.push_back(most > 0 ? liked * width / most : width / static_cast<double>(wishes.size()));
        else if (least <= width)
            widths.push_back(wish.least + (liked - wish.least) * (width - least) / (most - least));
        else
            widths.push_back(wish.least * width / least);
    }
    return widths;
}

std::vector<Piece> printed_table(const DocumentTable& table, const PaperStyle& paper) {
    TextStyle style = cell_style;
    std::vector<ColumnWish> wishes = wishes_of(table, paper, style.size);
    while (least_of(wishes) > text_column && style.size > smallest_cells) {
        style.size -= 0.5;
        wishes = wishes_of(table, paper, style.size);
    }
    const std::vector<double> widths = column_widths(wishes, text_column);
    std::vector<Piece> pieces;
    std::shared_ptr<const Piece> head;
    if (!table.head.empty()) {
        add_row(pieces, printed_row(table.head, widths, style, paper, true), text_height, {});
        for (Piece& piece : pieces)
            piece.keeps_next = !table.rows.empty();
        if (pieces.size() == 1 && pieces.front().height <= highest_head * text_height)
            head = std::make_shared<const Piece>(pieces.front());
    }
    const double page = text_height - (head ? head->height : 0);
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        add_row(pieces, printed_row(table.rows[i], widths, style, paper, false), page, head);
        pieces.back().keeps_next = i + 1 < table.rows.size() && (i == 0 || i + 2 == table.rows.size());
    }
    if (!pieces.empty())
        pieces.front().space = table_space;
    return pieces;
}

} // namespace isolab
