// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/theme/style_sheet.h"

#include <cmath>

#include <QHash>
#include <QRegularExpression>

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

/// $name stands for a colour, #12# for 12 design units.
constexpr auto sheet = R"(
* { outline: none; }
QMainWindow, QWidget#page, QScrollArea, QWidget#canvas { background: $page; border: none; }
QToolTip { background: $raised; color: $text; border: 1px solid $hairline; padding: #6#; font-size: #12#; }
QMenu { background: $raised; color: $text; border: 1px solid $hairline; padding: #6# 0; }
QMenu::item { padding: #6# #24# #6# #28#; }
QMenu::item:selected { background: $tint; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $hairline; margin: #6# 0; }
QMenu::indicator { width: #14#; height: #14#; left: #8#; }
QMenu::indicator:checked { image: url(:/isolab/icons/check-$mode.svg); }
QComboBox, QSpinBox, QLineEdit[role="field"] { background: $surface; color: $text; border: 1px solid $edge; border-radius: #6#;
    padding: 0 #8#; min-height: #30#; }
QComboBox:hover, QSpinBox:hover, QLineEdit[role="field"]:hover { border-color: $muted; }
QComboBox:focus, QSpinBox:focus, QLineEdit[role="field"]:focus { border: 2px solid $primary; padding: 0 #7#; }
QComboBox:disabled, QSpinBox:disabled { color: $muted; background: $page; }
QComboBox::drop-down { border: none; width: #26#; }
QComboBox::down-arrow { image: url(:/isolab/icons/chevron-down-$mode.svg); width: #12#; height: #12#; }
QComboBox QAbstractItemView { background: $raised; color: $text; border: 1px solid $hairline; padding: #4#;
    selection-background-color: $tint; selection-color: $text; }
QSpinBox::up-button, QSpinBox::down-button { border: none; background: transparent; width: #18#; }
QSpinBox::up-arrow { image: url(:/isolab/icons/chevron-up-$mode.svg); width: #10#; height: #10#; }
QSpinBox::down-arrow { image: url(:/isolab/icons/chevron-down-$mode.svg); width: #10#; height: #10#; }
QPushButton { background: $surface; color: $text; border: 1px solid $edge; border-radius: #6#;
    padding: 0 #16#; min-height: #30#; font-weight: 600; }
QPushButton:hover { background: $sunken; }
QPushButton:pressed { background: $hairline; }
QPushButton:focus { border: 2px solid $primary; padding: 0 #15#; }
QPushButton:disabled { color: $muted; background: $page; }
QPushButton[role="primary"] { background: $primary; color: $on_primary; border: 1px solid $primary;
    padding: 0 #24#; }
QPushButton[role="primary"]:hover { background: $primary_hover; border-color: $primary_hover; }
QPushButton[role="primary"]:focus { border: 2px solid $text; padding: 0 #23#; }
QPushButton[role="primary"]:disabled { background: $sunken; color: $muted; border-color: $hairline; }
QPushButton[role="stop"] { color: $failure; border-color: $failure; }
QPushButton[role="stop"]:disabled { color: $muted; border-color: $hairline; }
QPushButton[role="link"] { border: none; background: transparent; color: $primary_ink; padding: 0;
    min-height: #22#; font-size: #12#; }
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="link"]:focus { border: 1px solid $primary; border-radius: #4#; }
QPushButton[role="link"]:disabled { color: $muted; }
QFrame[role="track"] { background: $track; border: none; border-radius: #6#; }
QPushButton[role="segment"] { border: 1px solid transparent; border-radius: #5#; background: transparent;
    color: $muted; padding: 0 #8#; min-height: #20#; font-size: #12#; }
QPushButton[role="segment"]:checked { background: $raised; color: $text; border-color: $edge; }
QPushButton[role="segment"]:focus { border-color: $primary; }
QPushButton[role="chip"] { border: 1px solid $edge; border-radius: #13#; background: transparent; color: $muted;
    padding: 0 #10#; min-height: #24#; max-height: #24#; font-size: #12#; font-weight: 400; }
QPushButton[role="chip"]:hover { background: $sunken; }
QPushButton[role="chip"]:checked { background: $tint; color: $text; border-color: $muted; }
QPushButton[role="chip"]:focus { border: 2px solid $primary; padding: 0 #9#; min-height: #22#; max-height: #22#; }
QPushButton[role="chip"]:disabled { border-color: $hairline; }
QPushButton[role="icon"] { border: 1px solid transparent; border-radius: #5#; background: transparent; padding: 0;
    min-height: #24#; max-height: #24#; min-width: #28#; max-width: #28#; }
QPushButton[role="icon"]:hover { background: $sunken; }
QPushButton[role="icon"]:focus { border-color: $primary; }
QCheckBox::indicator { width: #14#; height: #14#; background: $surface; border: 1px solid $muted; border-radius: #3#; }
QCheckBox::indicator:checked { image: url(:/isolab/icons/check-$mode.svg); }
QCheckBox::indicator:focus { border: 2px solid $primary; width: #12#; height: #12#; }
QLabel { background: transparent; color: $text; }
QLabel[role="caption"] { color: $muted; font-size: #12#; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="title"] { font-size: #16#; font-weight: 600; }
QLabel[role="subtitle"] { font-size: #14#; font-weight: 600; }
QLabel[role="note"] { color: $notice; }
QLabel[role="heading"] { font-size: #22#; font-weight: 600; }
QTableView { background: transparent; color: $text; border: none; gridline-color: transparent;
    selection-background-color: $tint; selection-color: $text; alternate-background-color: $page; }
QListView { background: transparent; border: none; }
QTableView::item { padding: 0 #8#; border-bottom: 1px solid $grid; }
QHeaderView, QHeaderView::section { background: transparent; color: $muted; border: none; }
QHeaderView::section { padding: #4# #8#; font-size: #11#; border-bottom: 1px solid $hairline; }
QTableCornerButton::section { background: transparent; border: none; }
QPlainTextEdit { background: transparent; color: $console_ink; border: none; padding: 0;
    selection-background-color: $primary; selection-color: $on_primary; }
QLabel[role="console-hint"] { color: $console_hint; font-size: #12#; }
QPlainTextEdit[role="field"] { background: $surface; color: $text; border: 1px solid $edge; border-radius: #6#;
    padding: #4#; }
QPlainTextEdit[role="field"]:focus { border: 2px solid $primary; padding: #3#; }
QScrollBar:vertical { background: transparent; width: #10#; margin: 0; }
QScrollBar::handle:vertical { background: $edge; border-radius: #5#; min-height: #32#; }
QScrollBar::handle:vertical:disabled { background: transparent; }
QScrollBar:horizontal { background: transparent; height: #10#; margin: 0; }
QScrollBar::handle:horizontal { background: $edge; border-radius: #5#; min-width: #32#; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QDialog { background: $surface; }
)"_L1;

QHash<QString, QString> names(const Colours& c) {
    const auto edge = mix(c.surface, c.text, c.dark ? 0.28 : 0.22);
    return {
        {u"page"_s, c.page.name()},
        {u"surface"_s, c.surface.name()},
        {u"raised"_s, (c.dark ? mix(c.surface, c.text, 0.05) : c.surface).name()},
        {u"sunken"_s, c.sunken.name()},
        {u"text"_s, c.text.name()},
        {u"muted"_s, c.muted.name()},
        {u"hairline"_s, c.hairline.name()},
        {u"grid"_s, c.grid.name()},
        {u"edge"_s, edge.name()},
        {u"tint"_s, mix(c.surface, c.primary, 0.14).name()},
        {u"primary"_s, c.primary.name()},
        {u"primary_hover"_s, mix(c.primary, c.text, 0.14).name()},
        {u"on_primary"_s, c.on_primary.name()},
        {u"primary_ink"_s, c.primary_ink.name()},
        {u"notice"_s, c.notice.ink.name()},
        {u"failure"_s, c.failure.ink.name()},
        {u"track"_s, mix(c.surface, c.text, c.dark ? 0.16 : 0.10).name()},
        {u"console_ink"_s, c.console.ink.name()},
        {u"console_hint"_s, readable_on(mix(c.console.ink, c.console.ground, 0.35), c.console.ground).name()},
        {u"mode"_s, c.dark ? u"dark"_s : u"light"_s},
    };
}

} // namespace

QString style_sheet(const Colours& colours, double scale) {
    static const QRegularExpression token(u"\\$([a-z_]+)|#(\\d+)#"_s);
    const QHash<QString, QString> values = names(colours);
    const QString source = sheet;
    QString text;
    qsizetype done = 0;
    for (auto matches = token.globalMatch(source); matches.hasNext();) {
        const QRegularExpressionMatch match = matches.next();
        text += source.sliced(done, match.capturedStart() - done);
        text += match.hasCaptured(1) ? values.value(match.captured(1))
                                     : QString::number(std::lround(match.captured(2).toInt() * scale)) + "px"_L1;
        done = match.capturedEnd();
    }
    return text + source.sliced(done);
}

} // namespace isolab
