// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/output_view.h"

#include <QScrollBar>

#include "gui/models/words.h"

namespace isolab {
namespace {

constexpr int max_lines = 2000;

} // namespace

OutputView::OutputView(const Theme& theme, World world, QWidget* parent) : QPlainTextEdit(parent), theme_(theme) {
    setReadOnly(true);
    setMaximumBlockCount(max_lines);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setPlaceholderText(world == World::vm ? tr("Output of the virtual machine appears here")
                                          : tr("Output of the container appears here"));
    setAccessibleName(tr("Output: %1").arg(Words::world(world)));
    const auto restyle = [this, &theme] {
        setFont(theme.fixed_font());
        setMinimumHeight(theme.px(88));
        QPalette colours = palette();
        colours.setColor(QPalette::PlaceholderText,
                         mix(theme.colours().console.ink, theme.colours().console.ground, 0.35));
        setPalette(colours);
    };
    connect(&theme, &Theme::changed, this, restyle);
    restyle();
}

QSize OutputView::sizeHint() const { return {theme_.px(300), theme_.px(112)}; }

void OutputView::show_output(const std::string& text) {
    if (text == shown_)
        return;
    const bool at_end = verticalScrollBar()->value() >= verticalScrollBar()->maximum();
    if (!shown_.empty() && text.starts_with(shown_)) {
        QTextCursor end(document());
        end.movePosition(QTextCursor::End);
        end.insertText(QString::fromStdString(text.substr(shown_.size())));
    } else {
        setPlainText(QString::fromStdString(text));
    }
    shown_ = text;
    if (at_end)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

} // namespace isolab
