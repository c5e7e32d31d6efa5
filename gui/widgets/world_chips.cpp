// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/world_chips.h"

#include <algorithm>

#include <QIcon>
#include <QPainter>
#include <QPushButton>

#include "compare/model/world.h"
#include "gui/models/plain_text.h"
#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr double chip_gap = 6;
constexpr double mark_units = 13; ///< width of a mark with the gap behind it

/// A full disc when chosen, a ring when not: colour is not the only sign.
QPixmap chip_mark(const Theme& theme, const QColor& colour, bool chosen) {
    const int size = theme.px(10);
    QPixmap pixmap(theme.px(mark_units) * 2, size * 2); // for dense screens
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, theme.px(2)));
    painter.setBrush(chosen ? QBrush(colour) : QBrush(Qt::NoBrush));
    painter.drawEllipse(QRectF(0, 0, size, size).adjusted(1, 1, -1, -1));
    return pixmap;
}

} // namespace

WorldChips::WorldChips(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Worlds"));
    for (const World& world : known_worlds())
        add_chip({world, std::nullopt});
    choose(ComparisonPlan().sides);
    connect(&theme, &Theme::changed, this, &WorldChips::refresh);
}

void WorldChips::add_chip(const WorldStatus& status) {
    auto* button = new QPushButton(Words::world(status.world.id), this);
    button->setProperty("role", u"chip"_s);
    button->setCheckable(true);
    button->show();
    connect(button, &QPushButton::toggled, this, [this, button] { on_toggled(*button); });
    chips_.push_back({status, button});
}

void WorldChips::show_worlds(const std::vector<WorldStatus>& worlds) {
    for (const WorldStatus& status : worlds) {
        const auto same = [&](const Chip& chip) { return chip.status.world.id == status.world.id; };
        if (const auto chip = std::ranges::find_if(chips_, same); chip != chips_.end())
            chip->status = status;
        else
            add_chip(status);
    }
    refresh();
}

void WorldChips::choose(const std::vector<std::string>& worlds) {
    for (const std::string& id : worlds)
        if (std::ranges::none_of(chips_, [&](const Chip& chip) { return chip.status.world.id == id; }))
            add_chip({world_of_id(id), std::nullopt});
    for (const Chip& chip : chips_) {
        const QSignalBlocker quiet(chip.button);
        chip.button->setChecked(std::ranges::find(worlds, chip.status.world.id) != worlds.end());
    }
    refresh();
    Q_EMIT chosen_changed();
}

std::vector<std::string> WorldChips::chosen() const {
    std::vector<std::string> worlds;
    for (const Chip& chip : chips_)
        if (chip.button->isChecked())
            worlds.push_back(chip.status.world.id);
    return worlds;
}

void WorldChips::set_available(const QString& reason) {
    reason_ = reason;
    refresh();
}

void WorldChips::on_toggled(QPushButton& button) {
    if (chosen().empty()) { // something is always compared
        const QSignalBlocker quiet(&button);
        button.setChecked(true);
        return;
    }
    refresh();
    Q_EMIT chosen_changed();
}

QString WorldChips::tip_of(const Chip& chip, bool full) const {
    const QString meaning = Words::fact(chip.status.world.meaning);
    if (!reason_.isEmpty())
        return Words::sentences(meaning, reason_);
    if (chip.status.trouble)
        return meaning + u'\n' + shortened(Words::error(*chip.status.trouble), longest_error);
    if (full && !chip.button->isChecked())
        return Words::sentences(meaning, tr("%1 worlds are chosen already; leave one out first.").arg(most_worlds));
    return meaning;
}

void WorldChips::refresh() {
    const bool full = chosen().size() >= most_worlds;
    for (const Chip& chip : chips_) {
        const bool checked = chip.button->isChecked();
        const bool possible = checked || (!chip.status.trouble && !full);
        chip.button->setEnabled(reason_.isEmpty() && possible);
        chip.button->setToolTip(plain_tip(tip_of(chip, full)));
        chip.button->setIconSize({theme_.px(mark_units), theme_.px(10)});
        const Colours& c = theme_.colours();
        const QColor colour = chip.button->isEnabled() || checked ? c.fill(chip.status.world.id) : c.hairline;
        QIcon icon;
        for (const auto mode : {QIcon::Normal, QIcon::Disabled})
            icon.addPixmap(chip_mark(theme_, colour, checked), mode);
        chip.button->setIcon(icon);
    }
    updateGeometry();
    arrange(width(), true);
}

int WorldChips::arrange(int width, bool place) const {
    const int gap = theme_.px(chip_gap);
    int x = 0;
    int y = 0;
    int line = 0;
    for (const Chip& chip : chips_) {
        const QSize size = chip.button->sizeHint();
        if (x > 0 && x + size.width() > width) {
            x = 0;
            y += line + gap;
            line = 0;
        }
        if (place)
            chip.button->setGeometry(x, y, std::min(size.width(), std::max(1, width)), size.height());
        x += size.width() + gap;
        line = std::max(line, size.height());
    }
    return y + line;
}

int WorldChips::heightForWidth(int width) const { return arrange(width, false); }

QSize WorldChips::sizeHint() const {
    int all = 0;
    for (const Chip& chip : chips_)
        all += chip.button->sizeHint().width() + theme_.px(chip_gap);
    return {all, arrange(all, false)};
}

QSize WorldChips::minimumSizeHint() const {
    int widest = 0;
    for (const Chip& chip : chips_)
        widest = std::max(widest, chip.button->sizeHint().width());
    return {widest, theme_.px(26)};
}

void WorldChips::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange(width(), true);
}

} // namespace isolab
