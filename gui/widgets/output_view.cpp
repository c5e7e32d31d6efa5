// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/output_view.h"

#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QStackedLayout>
#include <QVBoxLayout>
#include <QWheelEvent>

#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr int max_lines = 2000;
constexpr int visible_lines = 5;
constexpr double edge = 12;

/// Shows whole lines only: what is left of its height lies under the last one.
class Console : public QPlainTextEdit {
  public:
    void fit_lines() { setViewportMargins(0, 0, 0, height() % fontMetrics().lineSpacing()); }

  protected:
    void resizeEvent(QResizeEvent* event) override {
        fit_lines();
        QPlainTextEdit::resizeEvent(event);
    }
};

} // namespace

OutputView::OutputView(const Theme& theme, std::string world, QWidget* parent)
    : QWidget(parent), theme_(theme), world_(std::move(world)),
      caption_(new QLabel(tr("Output: %1").arg(Words::world(world_)))), hint_(new QLabel), console_(new Console),
      stack_(new QStackedLayout) {
    auto* column = new QVBoxLayout(this);
    column->addWidget(caption_);
    column->addLayout(stack_, 1);
    hint_->setProperty("role", u"console-hint"_s);
    hint_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    hint_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    stack_->addWidget(hint_);
    stack_->addWidget(console_);
    console_->setReadOnly(true);
    console_->setFrameShape(QFrame::NoFrame);
    console_->setMaximumBlockCount(max_lines);
    console_->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    console_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    console_->setAccessibleName(caption_->text());
    console_->document()->setDocumentMargin(0);
    console_->viewport()->installEventFilter(this);
    connect(&theme, &Theme::changed, this, &OutputView::restyle);
    show_ended(false);
    restyle();
}

void OutputView::restyle() {
    const Colours& c = theme_.colours();
    layout()->setContentsMargins(theme_.px(16), theme_.px(edge), theme_.px(8), theme_.px(edge));
    layout()->setSpacing(theme_.px(8));
    console_->setFont(theme_.fixed_font());
    static_cast<Console*>(console_)->fit_lines();
    const QColor ink = readable_on(c.fill(world_), c.console.ground);
    caption_->setStyleSheet(u"color: %1; font-size: %2px; font-weight: 600;"_s.arg(ink.name()).arg(theme_.px(12)));
    updateGeometry();
    update();
}

QSize OutputView::sizeHint() const {
    const int lines = visible_lines * QFontMetrics(theme_.fixed_font()).lineSpacing();
    return {theme_.px(300), lines + theme_.px(2 * edge + 8) + caption_->sizeHint().height()};
}

void OutputView::show_ended(bool ended) {
    hint_->setText(ended ? tr("The workload printed nothing") : tr("What the workload prints appears here"));
}

QString OutputView::text() const { return console_->toPlainText(); }

bool OutputView::continues(const OutputTail& output) const {
    return output.run != 0 && output.run == shown_.run && output.total >= shown_.total &&
           output.total - shown_.total <= output.text.size() &&
           console_->document()->characterCount() < static_cast<int>(2 * live_output_limit);
}

void OutputView::append(std::string_view bytes) {
    const QString more = decoder_.decode(QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())));
    QTextCursor end(console_->document());
    end.movePosition(QTextCursor::End);
    end.insertText(more);
}

void OutputView::replace(const std::string& text) {
    decoder_.resetState();
    const QString all = decoder_.decode(QByteArrayView(text.data(), static_cast<qsizetype>(text.size())));
    console_->setPlainText(all);
}

void OutputView::show_output(const OutputTail& output) {
    if (output == shown_)
        return;
    QScrollBar* bar = console_->verticalScrollBar();
    const int place = bar->value();
    const bool at_end = place >= bar->maximum();
    if (continues(output))
        append(std::string_view(output.text).substr(output.text.size() - (output.total - shown_.total)));
    else
        replace(output.text);
    shown_ = output;
    stack_->setCurrentIndex(output.text.empty() ? 0 : 1);
    bar->setValue(at_end ? bar->maximum() : place);
}

/// A wheel turns the page unless the reader has clicked into this output and it can scroll.
bool OutputView::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Wheel && !(console_->hasFocus() && console_->verticalScrollBar()->maximum() > 0)) {
        event->ignore();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void OutputView::paintEvent(QPaintEvent*) {
    const Colours& c = theme_.colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(c.dark ? c.hairline : c.console.ground, 1));
    painter.setBrush(c.console.ground);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme_.px(10), theme_.px(10));
}

} // namespace isolab
