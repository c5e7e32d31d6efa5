// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/document_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <QLabel>
#include <QPainter>
#include <QRegularExpression>

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr double column_gap = 16;
constexpr double row_air = 5; ///< over and under a row
constexpr double widest_word = 150;

/// Its longest part that cannot be broken.
int longest_word(const QString& text, const QFontMetrics& metrics) {
    static const QRegularExpression gap(u"[\\s]+"_s);
    int width = 0;
    for (const QString& word : text.split(gap))
        width = std::max(width, metrics.horizontalAdvance(word));
    return width;
}

int height_of(const QLabel& label, int width) {
    return label.wordWrap() ? label.heightForWidth(std::max(1, width)) : label.sizeHint().height();
}

} // namespace

DocumentTableView::DocumentTableView(const Theme& theme, const DocumentTable& table, QWidget* parent)
    : QWidget(parent), theme_(theme) {
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum); // Fixed would be as high as sizeHint() at most
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    has_head_ = std::ranges::any_of(table.head, [](const DocumentCell& cell) { return !cell.text.empty(); });
    const auto add_row = [&](const std::vector<DocumentCell>& cells, bool head) {
        std::vector<Cell> row;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            Cell cell{label_of(cells[i], head), nullptr, cells[i].number};
            if (!head && has_head_ && i > 0 && i < table.head.size() && !table.head[i].text.empty())
                cell.name = label_of(DocumentCell{table.head[i].text, table.head[i].world}, true);
            row.push_back(cell);
        }
        rows_.push_back(std::move(row));
    };
    if (has_head_)
        add_row(table.head, true);
    for (const auto& row : table.rows)
        add_row(row, false);
    connect(&theme, &Theme::changed, this, &DocumentTableView::restyle);
    restyle();
}

QLabel* DocumentTableView::label_of(const DocumentCell& cell, bool head) {
    if (cell.text.empty())
        return nullptr;
    auto* label = new QLabel(QString::fromStdString(cell.text), this);
    label->setTextFormat(Qt::PlainText); // may come from an image
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setProperty("world", QString::fromStdString(cell.world));
    label->setProperty("strong", cell.strong);
    label->setProperty("role", head ? u"caption"_s : QString());
    label->setAlignment((cell.number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop);
    label->setWordWrap(!cell.number);
    return label;
}

void DocumentTableView::restyle() {
    const Colours& c = theme_.colours();
    columns_.clear();
    for (const auto& row : rows_) {
        columns_.resize(std::max(columns_.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            for (QLabel* label : {row[i].label, row[i].name}) {
                if (label == nullptr)
                    continue;
                const bool head = label->property("role").toString() == "caption"_L1;
                const std::string world = label->property("world").toString().toStdString();
                const QColor ink = !world.empty() ? c.ink(world) : head ? c.muted : c.text;
                label->setFont(theme_.font(head ? Type::small : Type::body,
                                           label->property("strong").toBool() ? QFont::DemiBold : QFont::Normal));
                QPalette palette = label->palette();
                palette.setColor(QPalette::WindowText, ink);
                label->setPalette(palette);
                label->setStyleSheet(u"color: %1; font-size: %2px; font-weight: %3;"_s.arg(ink.name())
                                         .arg(theme_.px(head ? 12 : 13))
                                         .arg(label->property("strong").toBool() ? 600 : 400));
                label->ensurePolished();
            }
            if (row[i].label == nullptr)
                continue;
            const QFontMetrics metrics(row[i].label->font());
            const QString text = row[i].label->text();
            const int whole = metrics.horizontalAdvance(text) + 2;
            const int word = std::min(longest_word(text, metrics) + 2, theme_.px(widest_word));
            columns_[i].least = std::max(columns_[i].least, row[i].number ? whole : word);
            columns_[i].whole = std::max(columns_[i].whole, whole);
        }
    }
    updateGeometry();
    arrange();
}

bool DocumentTableView::stacks_at(int width) const {
    const int gaps = theme_.px(column_gap) * std::max(0, static_cast<int>(columns_.size()) - 1);
    return std::accumulate(columns_.begin(), columns_.end(), gaps,
                           [](int sum, const Column& column) { return sum + column.least; }) > width;
}

/// What is left over the least goes to the columns by what they want more.
std::vector<int> DocumentTableView::widths_at(int width) const {
    int left = width - theme_.px(column_gap) * std::max(0, static_cast<int>(columns_.size()) - 1);
    int wanted = 0;
    for (const Column& column : columns_) {
        left -= column.least;
        wanted += column.whole - column.least;
    }
    std::vector<int> widths;
    for (const Column& column : columns_) {
        const int more = column.whole - column.least;
        widths.push_back(column.least +
                         (wanted <= std::max(left, 0) ? more : static_cast<int>(std::int64_t{left} * more / wanted)));
    }
    return widths;
}

int DocumentTableView::columns(int width, std::vector<int>* lines) const {
    const bool place = lines != nullptr;
    const std::vector<int> widths = widths_at(width);
    const int air = theme_.px(row_air);
    int y = 0;
    for (const auto& row : rows_) {
        int height = 0;
        for (std::size_t i = 0; i < row.size(); ++i)
            if (row[i].label != nullptr)
                height = std::max(height, height_of(*row[i].label, widths[i]));
        if (place) {
            int x = 0;
            for (std::size_t i = 0; i < row.size(); ++i) {
                if (row[i].label != nullptr)
                    row[i].label->setGeometry(x, y + air, widths[i], height);
                if (row[i].name != nullptr)
                    row[i].name->hide();
                x += widths[i] + theme_.px(column_gap);
            }
            if (has_head_)
                for (const Cell& cell : rows_.front())
                    if (cell.label != nullptr)
                        cell.label->show();
        }
        y += height + 2 * air;
        if (place)
            lines->push_back(y);
    }
    return y;
}

int DocumentTableView::stacked(int width, std::vector<int>* lines) const {
    const bool place = lines != nullptr;
    const int air = theme_.px(row_air);
    const auto put = [&](QLabel* label, int y) {
        const int height = height_of(*label, width);
        if (place) {
            label->setGeometry(0, y, width, height);
            label->show();
        }
        return height;
    };
    int y = 0;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        if (has_head_ && r == 0) {
            for (const Cell& cell : rows_[r])
                if (place && cell.label != nullptr)
                    cell.label->hide();
            continue;
        }
        y += air;
        for (const Cell& cell : rows_[r]) {
            if (cell.label == nullptr)
                continue;
            if (cell.name != nullptr)
                y += put(cell.name, y);
            y += put(cell.label, y);
        }
        y += air;
        if (place)
            lines->push_back(y);
    }
    return y;
}

void DocumentTableView::arrange() {
    lines_.clear();
    const bool narrow = is_stacked();
    for (const auto& row : rows_)
        for (const Cell& cell : row)
            if (cell.label != nullptr && cell.number)
                cell.label->setAlignment((narrow ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignTop);
    narrow ? stacked(width(), &lines_) : columns(width(), &lines_);
    update();
}

int DocumentTableView::heightForWidth(int width) const {
    return stacks_at(width) ? stacked(width, nullptr) : columns(width, nullptr);
}

QSize DocumentTableView::sizeHint() const {
    int width = theme_.px(column_gap) * std::max(0, static_cast<int>(columns_.size()) - 1);
    for (const Column& column : columns_)
        width += column.whole;
    width = std::min(width, theme_.px(600));
    return {width, heightForWidth(width)};
}

QSize DocumentTableView::minimumSizeHint() const { return {theme_.px(160), 0}; }

void DocumentTableView::resizeEvent(QResizeEvent*) { arrange(); }

void DocumentTableView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        arrange();
}

void DocumentTableView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const std::vector<int> widths = widths_at(width());
    const int right = is_stacked()
                          ? width()
                          : std::accumulate(widths.begin(), widths.end(),
                                            theme_.px(column_gap) * std::max(0, static_cast<int>(widths.size()) - 1));
    for (std::size_t i = 0; i + 1 < lines_.size(); ++i) {
        const bool under_head = has_head_ && i == 0 && !is_stacked();
        painter.setPen(QPen(under_head ? theme_.colours().hairline : theme_.colours().grid, 1));
        painter.drawLine(QPointF(0, lines_[i] - 0.5), QPointF(right, lines_[i] - 0.5));
    }
}

} // namespace isolab
