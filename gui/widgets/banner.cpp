// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/banner.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "gui/models/plain_text.h"

namespace isolab {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype short_text = 60; ///< characters that stay on one line
constexpr qsizetype limit = 300;     ///< more is in the tooltip

} // namespace

Banner::Banner(const Theme& theme, QWidget* parent)
    : QWidget(parent), theme_(theme), text_(new QLabel), action_(new QPushButton) {
    auto* layout = new QHBoxLayout(this);
    text_->setTextFormat(Qt::PlainText); // errors quote what a workload printed
    text_->setWordWrap(true);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    action_->setProperty("role", u"link"_s);
    layout->addWidget(text_, 1);
    layout->addWidget(action_);
    connect(action_, &QPushButton::clicked, this, &Banner::action_requested);
    connect(&theme, &Theme::changed, this, &Banner::restyle);
    restyle();
}

void Banner::show_message(Tone tone, const QString& text, const QString& action) {
    tone_ = tone;
    text_->setText(shortened(text, limit));
    text_->setToolTip(text.size() > limit ? plain_tip(text) : QString());
    text_->setWordWrap(text.size() > short_text);
    action_->setText(action);
    action_->setVisible(!action.isEmpty());
    setVisible(!text.isEmpty());
    restyle();
}

QString Banner::text() const { return text_->text(); }

void Banner::restyle() {
    const int air = theme_.px(action_->isHidden() ? 8 : 4); // a button brings its own
    layout()->setContentsMargins(theme_.px(12), air, theme_.px(12), air);
    layout()->setSpacing(theme_.px(12));
    const QString ink = theme_.colours().tone(tone_).ink.name();
    text_->setStyleSheet(u"color: %1; font-size: %2px;"_s.arg(ink).arg(theme_.px(12)));
    action_->setStyleSheet(u"color: %1;"_s.arg(ink));
    update();
}

void Banner::paintEvent(QPaintEvent*) {
    const ColourPair& pair = theme_.colours().tone(tone_);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(mix(pair.ground, pair.ink, 0.3), 1));
    painter.setBrush(pair.ground);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme_.px(6), theme_.px(6));
}

} // namespace isolab
