// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/system_page.h"

#include <QHeaderView>
#include <QLabel>
#include <QPushButton>

#include "gui/models/status_text.h"
#include "gui/models/words.h"
#include "gui/pages/scrolled_page.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/card.h"
#include "gui/widgets/fitted_table.h"

namespace isolab {

using namespace Qt::StringLiterals;

SystemPage::SystemPage(const Theme& theme, SessionHost& host, QWidget* parent)
    : QWidget(parent), theme_(theme), host_(host), warning_(new Banner(theme)), facts_(new QLabel),
      verdict_(new QLabel), again_(new QPushButton(tr("Check again"))), table_(new FittedTable(theme, &model_)) {
    auto* facts = new Card(theme, tr("How the worlds run here"));
    facts_->setTextFormat(Qt::RichText);
    facts_->setWordWrap(true);
    facts_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    facts->body()->addWidget(facts_);
    auto* check = new Card(theme, tr("Prerequisites"));
    again_->setProperty("role", u"link"_s);
    check->title_row()->addWidget(again_);
    verdict_->setProperty("role", u"muted"_s);
    verdict_->setWordWrap(true);
    check->body()->addWidget(verdict_);
    check->body()->addWidget(table_);
    table_->stretch_columns({CheckModel::detail});
    table_->wrap_lines();
    table_->setSelectionMode(QAbstractItemView::NoSelection);
    make_scrolled_page(*this, theme, tr("System"), {warning_, facts, check});
    connect(again_, &QPushButton::clicked, &host, &SessionHost::check);
    connect(&host, &SessionHost::status_changed, this, &SystemPage::refresh_status);
    connect(&host, &SessionHost::prerequisites_changed, this, &SystemPage::refresh_check);
    connect(&theme, &Theme::changed, this, &SystemPage::refresh_status);
    refresh_status();
    refresh_check();
}

void SystemPage::refresh_status() {
    const auto& status = host_.status();
    const auto& error = host_.status_error();
    QStringList lines;
    Tone tone = Tone::notice;
    if (error) {
        lines << Words::error(*error);
        tone = Tone::failure;
    } else if (status) {
        for (const StatusFact& warning : StatusText::warnings(*status)) {
            lines << Words::labelled(warning.name, warning.value); // the reason stands in the table
            tone = warning.tone == Tone::failure ? Tone::failure : tone;
        }
    }
    warning_->show_message(tone, lines.join(u'\n'));
    if (!status) {
        facts_->setText(error ? tr("It could not be found out how this machine runs them.")
                              : tr("Looking at this machine…"));
        return;
    }
    const Colours& c = theme_.colours();
    QString rows;
    for (const StatusFact& fact : StatusText::facts(*status))
        rows +=
            u"<tr><td style='color:%1; padding-right:24px; padding-bottom:8px'>%2</td>"
            "<td style='padding-right:24px'><b>%3</b></td><td style='color:%1; padding-bottom:8px'>%4</td></tr>"_s.arg(
                c.muted.name(), fact.name.toHtmlEscaped(), fact.value.toHtmlEscaped(), fact.reason.toHtmlEscaped());
    facts_->setText(u"<table cellspacing='0' cellpadding='0'>"_s + rows + u"</table>"_s);
}

void SystemPage::refresh_check() {
    model_.show_prerequisites(host_.prerequisites());
    const int trouble = model_.trouble();
    table_->setVisible(model_.rowCount() > 0);
    verdict_->setText(model_.rowCount() == 0 ? tr("Looking at this machine…")
                      : trouble == 0         ? tr("Everything that is required was found.")
                                     : tr("Required, but not usable: %1. The remedy stands beside each.").arg(trouble));
}

} // namespace isolab
