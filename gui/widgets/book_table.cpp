// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/book_table.h"

#include <algorithm>

#include <QHelpEvent>
#include <QPainter>
#include <QRegularExpression>
#include <QToolTip>

#include "gui/models/plain_text.h"
#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr double header_units = 20;
constexpr double book_row_units = 41;

} // namespace

BookTable::BookTable(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void BookTable::show_rows(std::vector<ClaimRow> rows) {
    if (rows == rows_)
        return;
    rows_ = std::move(rows);
    QStringList lines;
    for (const ClaimRow& row : rows_)
        lines << Words::labelled(row.subject, QStringList{row.claim, row.measured, row.mark, row.interval, row.doubt}
                                                  .filter(QRegularExpression(u"."_s))
                                                  .join(u" · "_s));
    setAccessibleDescription(lines.join(u'\n'));
    update();
}

QSize BookTable::sizeHint() const {
    return {theme_.px(250),
            theme_.px(header_units + book_row_units * static_cast<double>(std::max<std::size_t>(5, rows_.size())))};
}

double BookTable::row_height() const {
    const double rows = static_cast<double>(std::max<std::size_t>(1, rows_.size()));
    return std::min<double>(theme_.px(60), (height() - theme_.px(header_units)) / rows);
}

void BookTable::paintEvent(QPaintEvent*) {
    const Colours& c = theme_.colours();
    QPainter painter(this);
    painter.setFont(theme_.font(Type::caption));
    painter.setPen(c.muted);
    const QRectF head(0, 0, width(), theme_.px(header_units));
    painter.drawText(head, Qt::AlignLeft | Qt::AlignTop, tr("machine / container, by the book"));
    painter.drawText(head, Qt::AlignRight | Qt::AlignTop, tr("machine : container"));
    for (std::size_t i = 0; i < rows_.size(); ++i)
        paint_row(painter, rows_[i],
                  QRectF(0, theme_.px(header_units) + row_height() * static_cast<double>(i), width(), row_height()));
}

void BookTable::paint_row(QPainter& painter, const ClaimRow& row, const QRectF& rect) const {
    const Colours& c = theme_.colours();
    painter.setPen(QPen(c.hairline, 1));
    painter.drawLine(rect.topLeft() + QPointF(0, 0.5), rect.topRight() + QPointF(0, 0.5));
    const double line = theme_.px(19);
    const double top = rect.center().y() - line;
    const QRectF upper(rect.left(), top, rect.width(), line);
    const QRectF lower(rect.left(), top + line, rect.width(), line);

    painter.setFont(theme_.font(Type::body, QFont::DemiBold));
    painter.setPen(c.text);
    painter.drawText(upper, Qt::AlignLeft | Qt::AlignVCenter, row.subject);
    const bool empty = row.measured.isEmpty();
    painter.setFont(theme_.font(Type::section, empty ? QFont::Normal : QFont::DemiBold));
    painter.setPen(empty || !row.doubt.isEmpty() ? c.muted : c.text);
    painter.drawText(upper, Qt::AlignRight | Qt::AlignVCenter, empty ? u"–"_s : row.measured);

    const QFont small = theme_.font(Type::small);
    painter.setFont(small);
    painter.setPen(c.muted);
    const QFontMetrics metrics(small);
    const int width = static_cast<int>(rect.width()) - theme_.px(8);
    const auto note = [&row](const QString& interval) {
        return QStringList{row.doubt, row.mark, interval}.filter(QRegularExpression(u"."_s)).join(u" · "_s);
    };
    QString right = note(row.interval);
    if (metrics.horizontalAdvance(right) + metrics.horizontalAdvance(row.claim) > width)
        right = note({}); // it is in the tip
    painter.drawText(lower, Qt::AlignRight | Qt::AlignVCenter, right);
    painter.drawText(lower, Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(row.claim, Qt::ElideRight, width - metrics.horizontalAdvance(right)));
}

bool BookTable::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const double at = (help->pos().y() - theme_.px(header_units)) / row_height();
    const auto index = static_cast<std::size_t>(std::max(0.0, at));
    if (at >= 0 && index < rows_.size())
        QToolTip::showText(help->globalPos(),
                           plain_tip(tr("By the book (machine / container): %1").arg(rows_[index].claim) + u'\n' +
                                     rows_[index].detail + u'\n' + rows_[index].interval),
                           this);
    return true;
}

} // namespace isolab
