// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the page of results asks before something is done, and what it says afterwards.
#include <QFileDialog>
#include <QMessageBox>
#include <QPushButton>

#include "gui/models/plain_text.h"
#include "gui/models/words.h"
#include "gui/pages/result_panel.h"
#include "gui/pages/results_page.h"
#include "gui/widgets/banner.h"

namespace isolab {

using namespace Qt::StringLiterals;

namespace {

std::vector<std::string> ids_of_entries(const std::vector<HistoryEntry>& entries) {
    std::vector<std::string> ids;
    for (const HistoryEntry& entry : entries)
        ids.push_back(entry.id);
    return ids;
}

struct FileFormat {
    ResultFormat format;
    QString suffix, filter;
};

} // namespace

void ResultsPage::ask_to_delete() {
    const std::vector<HistoryEntry> entries = chosen();
    if (entries.empty())
        return;
    const auto parts = panel_->entries().size() == entries.size() ? panel_->parts() : std::nullopt;
    const QString question = entries.size() == 1
                                 ? tr("Delete the result %1?").arg(ResultsModel::plain(entries.front().id))
                                 : tr("Delete %1 results?").arg(entries.size());
    const QString also = !parts ? tr("All that belongs to it goes with it. This cannot be undone.")
                         : *parts > 0
                             ? tr("Results that belong to it and go with it: %1. This cannot be undone.").arg(*parts)
                             : tr("This cannot be undone.");
    auto* box = new QMessageBox(QMessageBox::Warning, tr("Delete results"), question, QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(also);
    QPushButton* yes = box->addButton(tr("Delete"), QMessageBox::DestructiveRole);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::buttonClicked, this, [this, box, yes, ids = ids_of_entries(entries)] {
        if (box->clickedButton() == yes)
            controller_.remove(ids);
    });
    box->open();
}

void ResultsPage::export_chosen() {
    const std::vector<HistoryEntry> entries = chosen();
    if (entries.empty())
        return;
    const QList<FileFormat> formats{
        {ResultFormat::html, u"html"_s, tr("Report with pictures, as HTML (*.html)")},
        {ResultFormat::pdf, u"pdf"_s, tr("Report on paper, as PDF (*.pdf)")},
        {ResultFormat::exchange, u"json"_s, tr("All of it, to be imported elsewhere, as JSON (*.json)")},
        {ResultFormat::csv, u"csv"_s, tr("Every figure of every run, as CSV (*.csv)")}};
    auto* dialog = new QFileDialog(this, tr("Export results"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    QStringList filters;
    for (const FileFormat& format : formats)
        filters << format.filter;
    dialog->setNameFilters(filters);
    const auto chosen_format = [dialog, formats, filters] {
        return formats[std::max<qsizetype>(0, filters.indexOf(dialog->selectedNameFilter()))];
    };
    const auto use_suffix = [dialog, chosen_format] { dialog->setDefaultSuffix(chosen_format().suffix); };
    use_suffix();
    connect(dialog, &QFileDialog::filterSelected, dialog, use_suffix);
    dialog->selectFile(entries.size() == 1 ? u"isolab-%1"_s.arg(QString::fromStdString(entries.front().id))
                                           : u"isolab-results"_s);
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, chosen_format, ids = ids_of_entries(entries)](const QString& file) {
                controller_.export_results(ids, chosen_format().format, file.toStdString(), panel_->is_private());
            });
    dialog->open();
}

void ResultsPage::ask_for_import() {
    auto* dialog = new QFileDialog(this, tr("Import results"), {}, tr("Exported results (*.json);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& files) {
        for (const QString& file : files)
            controller_.import_file(file.toStdString());
    });
    dialog->open();
}

void ResultsPage::tell(const ResultsReport& report) {
    if (report.error)
        return message_->show_message(Tone::failure, Words::error(*report.error));
    const QString file = QString::fromStdString(report.file);
    switch (report.action) {
    case ResultsReport::Action::tags:
    case ResultsReport::Action::note:
        return message_->show_message(Tone::neutral, {}); // the list shows it
    case ResultsReport::Action::removed:
        return message_->show_message(Tone::ready, tr("Results deleted: %1").arg(report.count));
    case ResultsReport::Action::exported:
        return message_->show_message(Tone::ready, tr("Exported to %1").arg(file));
    case ResultsReport::Action::imported:
        return message_->show_message(
            Tone::ready,
            Words::sentences(tr("Results taken in from %1: %2.").arg(file, QString::number(report.count)),
                             report.there_already == 0 ? QString()
                                                       : tr("Here already: %1.").arg(report.there_already)));
    }
}

} // namespace isolab
