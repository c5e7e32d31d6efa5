// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/figure_rows.h"

#include <algorithm>

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include "gui/models/plain_text.h"
#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr double figure_row_units = 18;

} // namespace

FigureRows::FigureRows(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void FigureRows::show_rows(std::vector<FigureRow> rows) {
    if (rows == rows_)
        return;
    const bool resized = rows.size() != rows_.size();
    rows_ = std::move(rows);
    QStringList lines;
    for (const FigureRow& row : rows_)
        lines << Words::labelled(row.name, row.figure.text());
    setAccessibleDescription(lines.join(u'\n'));
    if (resized)
        updateGeometry();
    update();
}

QSize FigureRows::sizeHint() const {
    const QFontMetrics metrics(theme_.font(Type::small));
    int widest = 0;
    for (const FigureRow& row : rows_)
        widest = std::max(widest, metrics.horizontalAdvance(row.name));
    return {widest + theme_.px(88), theme_.px(figure_row_units * static_cast<double>(rows_.size()))};
}

QSize FigureRows::minimumSizeHint() const { return {theme_.px(130), sizeHint().height()}; }

void FigureRows::paintEvent(QPaintEvent*) {
    const Colours& c = theme_.colours();
    QPainter painter(this);
    const QFont name_font = theme_.font(Type::small);
    const QFont value_font = theme_.font(Type::small, QFont::DemiBold);
    const int unit_width = QFontMetrics(name_font).horizontalAdvance(u"MB"_s) + theme_.px(4);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const FigureRow& row = rows_[i];
        const QRectF line(0, theme_.px(figure_row_units) * static_cast<double>(i), width(),
                          theme_.px(figure_row_units));
        const bool empty = row.figure.value.isEmpty();
        const QRectF value = line.adjusted(0, 0, -unit_width, 0);
        painter.setFont(value_font);
        painter.setPen(empty ? c.muted : c.text);
        painter.drawText(empty ? line : value, Qt::AlignRight | Qt::AlignVCenter, empty ? u"–"_s : row.figure.value);
        painter.setFont(name_font);
        painter.setPen(c.muted);
        painter.drawText(QRectF(value.right() + theme_.px(4), line.top(), unit_width, line.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, row.figure.unit);
        const int room = static_cast<int>(value.width()) -
                         QFontMetrics(value_font).horizontalAdvance(row.figure.value) - theme_.px(8);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetrics(name_font).elidedText(row.name, Qt::ElideRight, room));
    }
}

bool FigureRows::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto index =
        static_cast<std::size_t>(std::max(0, help->pos().y() / std::max(1, theme_.px(figure_row_units))));
    if (index < rows_.size())
        QToolTip::showText(help->globalPos(),
                           plain_tip(rows_[index].tip.isEmpty() ? rows_[index].name
                                                                : Words::labelled(rows_[index].name, rows_[index].tip)),
                           this);
    return true;
}

} // namespace isolab
