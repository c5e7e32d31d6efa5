// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/book_list.h"

#include <QPainter>
#include <QStyledItemDelegate>

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr double line_units = 62;
constexpr double side_units = 12;

QColor note_colour(const Colours& c, BookLine::State state) {
    switch (state) {
    case BookLine::State::measuring:
        return c.primary_ink;
    case BookLine::State::cut_short:
    case BookLine::State::impossible:
        return c.notice.ink;
    default:
        return c.muted;
    }
}

QString elided(QPainter& painter, const QString& text, double width) {
    return painter.fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(width));
}

class BookLinePainter final : public QStyledItemDelegate {
  public:
    BookLinePainter(const Theme& theme, BookModel& model, QObject* parent)
        : QStyledItemDelegate(parent), theme_(theme), model_(model) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {theme_.px(260), theme_.px(line_units)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const BookLine* line = model_.line(index.row());
        if (line == nullptr)
            return;
        const Colours& c = theme_.colours();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        paint_ground(*painter, option);
        const QRectF inner =
            QRectF(option.rect).adjusted(theme_.px(side_units), theme_.px(9), -theme_.px(side_units), -theme_.px(9));
        const double half = inner.height() / 2;
        const QRectF upper(inner.left(), inner.top(), inner.width(), half);
        const QRectF lower(inner.left(), inner.top() + half, inner.width(), half);
        const double note = paint_note(*painter, *line, upper);
        paint_claim(*painter, *line, upper.adjusted(0, 0, -note, 0));
        paint_measured(*painter, *line, lower);
        if (line->state == BookLine::State::measuring) {
            const QRectF track(inner.left(), option.rect.bottom() - theme_.px(4), inner.width(), theme_.px(2));
            painter->fillRect(track, c.hairline);
            painter->fillRect(QRectF(track.topLeft(), QSizeF(track.width() * line->share, track.height())), c.primary);
        }
        painter->restore();
    }

  private:
    void paint_ground(QPainter& painter, const QStyleOptionViewItem& option) const {
        const Colours& c = theme_.colours();
        painter.setPen(QPen(c.grid, 1));
        painter.drawLine(QPointF(option.rect.left(), option.rect.bottom() + 0.5),
                         QPointF(option.rect.right(), option.rect.bottom() + 0.5));
        const bool selected = (option.state & QStyle::State_Selected) != 0;
        const bool focused = selected && (option.state & QStyle::State_HasFocus) != 0;
        if (!selected && (option.state & QStyle::State_MouseOver) == 0)
            return;
        painter.setPen(focused ? QPen(c.primary, 2) : QPen(Qt::NoPen));
        painter.setBrush(selected ? mix(c.surface, c.primary, 0.14) : c.sunken);
        painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -2), theme_.px(6), theme_.px(6));
    }

    /// Tells how much room it takes, with the gap before it.
    double paint_note(QPainter& painter, const BookLine& line, const QRectF& rect) const {
        painter.setFont(theme_.font(Type::caption));
        painter.setPen(note_colour(theme_.colours(), line.state));
        painter.drawText(rect, Qt::AlignRight | Qt::AlignVCenter, line.note);
        return line.note.isEmpty() ? 0 : painter.fontMetrics().horizontalAdvance(line.note) + theme_.px(12);
    }

    void paint_claim(QPainter& painter, const BookLine& line, const QRectF& rect) const {
        const Colours& c = theme_.colours();
        painter.setFont(theme_.font(Type::body, QFont::DemiBold));
        painter.setPen(c.text);
        const double subject = painter.fontMetrics().horizontalAdvance(line.subject);
        painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, elided(painter, line.subject, rect.width()));
        const QRectF rest = rect.adjusted(subject + theme_.px(10), 0, 0, 0);
        if (line.claim.isEmpty() || rest.width() < theme_.px(60))
            return;
        painter.setFont(theme_.font(Type::small));
        painter.setPen(c.muted);
        painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter,
                         elided(painter, BookList::tr("book: %1").arg(line.claim), rest.width()));
    }

    void paint_measured(QPainter& painter, const BookLine& line, const QRectF& rect) const {
        const Colours& c = theme_.colours();
        const bool figure = line.state != BookLine::State::impossible && !line.measured.isEmpty();
        QString text = line.measured.isEmpty() ? BookList::tr("not measured yet") : line.measured;
        if (line.state == BookLine::State::cut_short)
            text = BookList::tr("stopped half-way: %1").arg(text);
        if (!line.doubt.isEmpty())
            text += u" · "_s + line.doubt;
        painter.setFont(theme_.font(Type::small));
        painter.setPen(figure && line.doubt.isEmpty() ? c.text : c.muted);
        painter.drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, elided(painter, text, rect.width()));
    }

    const Theme& theme_;
    BookModel& model_;
};

} // namespace

BookList::BookList(const Theme& theme, BookModel& model, QWidget* parent)
    : QListView(parent), theme_(theme), model_(model) {
    setModel(&model);
    setItemDelegate(new BookLinePainter(theme, model, this));
    setUniformItemSizes(true);
    setFrameShape(QFrame::NoFrame);
    setEditTriggers(NoEditTriggers);
    setSelectionMode(SingleSelection);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setMouseTracking(true);
    setAccessibleName(tr("What the book says, and what was measured"));
    connect(&theme, &Theme::changed, this, [this] {
        scheduleDelayedItemsLayout();
        updateGeometry();
    });
    const auto keep_one_chosen = [this] {
        if (!currentIndex().isValid() && model_.rowCount() > 0)
            setCurrentIndex(model_.index(0));
    };
    connect(&model, &QAbstractItemModel::modelReset, this, keep_one_chosen);
    keep_one_chosen();
}

std::string BookList::chosen() const {
    const BookLine* line = currentIndex().isValid() ? model_.line(currentIndex().row()) : nullptr;
    return line == nullptr ? std::string() : line->id;
}

void BookList::choose(const std::string& experiment) {
    const int row = model_.row_of(experiment);
    if (row >= 0)
        setCurrentIndex(model_.index(row));
}

QSize BookList::sizeHint() const { return {theme_.px(420), theme_.px(line_units * 8)}; }

QSize BookList::minimumSizeHint() const { return {theme_.px(260), theme_.px(line_units * 2)}; }

void BookList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    Q_EMIT chosen_changed();
}

} // namespace isolab
