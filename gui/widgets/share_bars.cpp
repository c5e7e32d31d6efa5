// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/share_bars.h"

#include <algorithm>

#include <QPainter>

#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr double bar_units = 10;
constexpr double bar_row_units = 36;

} // namespace

ShareBars::ShareBars(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void ShareBars::show_bars(std::vector<ShareBar> bars) {
    if (bars == bars_)
        return;
    const bool resized = bars.size() != bars_.size();
    bars_ = std::move(bars);
    QStringList lines;
    for (const ShareBar& bar : bars_)
        lines << Words::labelled(bar.name, bar.text);
    setAccessibleDescription(lines.join(u'\n'));
    if (resized)
        updateGeometry();
    update();
}

QSize ShareBars::sizeHint() const {
    return {theme_.px(240), theme_.px(bar_row_units * static_cast<double>(std::max<std::size_t>(2, bars_.size())))};
}

void ShareBars::paintEvent(QPaintEvent*) {
    const Colours& c = theme_.colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    double longest = 0;
    for (const ShareBar& bar : bars_)
        longest = std::max(longest, bar.own.value_or(0) + bar.shared.value_or(0));
    for (std::size_t i = 0; i < bars_.size(); ++i) {
        const ShareBar& bar = bars_[i];
        const double top = theme_.px(bar_row_units) * static_cast<double>(i);
        const QRectF words(0, top, width(), theme_.px(18));
        painter.setFont(theme_.font(Type::small, QFont::DemiBold));
        painter.setPen(c.ink(bar.world));
        painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, bar.name);
        painter.setFont(theme_.font(Type::small));
        painter.setPen(bar.own ? c.text : c.muted);
        painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter, bar.own ? bar.text : u"–"_s);
        const QRectF track(0, top + theme_.px(20), width(), theme_.px(bar_units));
        painter.setPen(Qt::NoPen);
        painter.setBrush(mix(c.surface, c.sunken, 0.7));
        painter.drawRoundedRect(track, theme_.px(3), theme_.px(3));
        if (longest <= 0 || !bar.own)
            continue;
        const double own = std::max(2.0, track.width() * *bar.own / longest);
        const double all = std::min(track.width(), own + track.width() * bar.shared.value_or(0) / longest);
        const QRectF shared(track.left(), track.top(), all, track.height());
        painter.setBrush(mix(c.surface, c.text, 0.2));
        painter.drawRoundedRect(shared, theme_.px(3), theme_.px(3));
        painter.setBrush(QBrush(mix(c.surface, c.text, 0.45), Qt::BDiagPattern));
        painter.drawRoundedRect(shared, theme_.px(3), theme_.px(3));
        painter.setBrush(c.fill(bar.world));
        painter.drawRoundedRect(QRectF(track.left(), track.top(), own, track.height()), theme_.px(3), theme_.px(3));
    }
}

} // namespace isolab
