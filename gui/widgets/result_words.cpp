// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/result_words.h"

#include <algorithm>

#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QVBoxLayout>

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr double note_units = 64;

QString line_of_tags(const std::vector<std::string>& tags) {
    QStringList words;
    for (const std::string& tag : tags)
        words << QString::fromStdString(tag);
    return words.join(u' ');
}

/// Those of `all` that are not in `known`.
std::vector<std::string> beyond(const std::vector<std::string>& all, const std::vector<std::string>& known) {
    std::vector<std::string> others;
    std::ranges::copy_if(all, std::back_inserter(others),
                         [&](const std::string& word) { return std::ranges::find(known, word) == known.end(); });
    return others;
}

QLabel* name_of(QWidget* field, const QString& text) {
    auto* label = new QLabel(text);
    label->setProperty("role", u"caption"_s);
    label->setBuddy(field);
    return label;
}

} // namespace

std::vector<std::string> words_of_line(const QString& line) {
    static const QRegularExpression gap(u"[\\s,，]+"_s);
    std::vector<std::string> words;
    for (const QString& word : line.split(gap, Qt::SkipEmptyParts))
        if (const std::string text = word.toStdString(); std::ranges::find(words, text) == words.end())
            words.push_back(text);
    return words;
}

ResultWordsEditor::ResultWordsEditor(const Theme& theme, QWidget* parent)
    : QWidget(parent), theme_(theme), tags_(new QLineEdit), note_(new QPlainTextEdit), trouble_(new QLabel) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    tags_->setProperty("role", u"field"_s);
    tags_->setAccessibleName(tr("Tags"));
    tags_->setPlaceholderText(tr("Words to find it by, with spaces between them"));
    note_->setAccessibleName(tr("Note"));
    note_->setProperty("role", u"field"_s);
    note_->setPlaceholderText(tr("What should be remembered of it"));
    note_->setTabChangesFocus(true);
    trouble_->setTextFormat(Qt::PlainText);
    trouble_->setProperty("role", u"note"_s);
    trouble_->setWordWrap(true);
    trouble_->hide();
    column->addWidget(name_of(tags_, tr("Tags")));
    column->addWidget(tags_);
    column->addWidget(name_of(note_, tr("Note")));
    column->addWidget(note_);
    column->addWidget(trouble_);
    note_->installEventFilter(this);
    connect(tags_, &QLineEdit::editingFinished, this, &ResultWordsEditor::finish_tags);
    connect(note_, &QPlainTextEdit::textChanged, this, &ResultWordsEditor::check_note);
    connect(&theme, &Theme::changed, this, &ResultWordsEditor::restyle);
    restyle();
}

void ResultWordsEditor::restyle() {
    layout()->setSpacing(theme_.px(4));
    note_->setFixedHeight(theme_.px(note_units));
}

void ResultWordsEditor::show_entry(const HistoryEntry& entry) {
    const bool same = entry.id == entry_.id;
    if (!same)
        finish();
    const HistoryEntry before = std::exchange(entry_, entry);
    if (!same || (!tags_->isModified() && before.tags != entry.tags))
        tags_->setText(line_of_tags(entry.tags));
    if (!same || (!note_->document()->isModified() && before.note != entry.note))
        note_->setPlainText(QString::fromStdString(entry.note));
}

void ResultWordsEditor::finish() {
    finish_tags();
    finish_note();
}

void ResultWordsEditor::finish_tags() {
    if (!tags_->isModified())
        return;
    tags_->setModified(false);
    const std::vector<std::string> words = words_of_line(tags_->text());
    const std::vector<std::string> added = beyond(words, entry_.tags);
    const std::vector<std::string> removed = beyond(entry_.tags, words);
    if (entry_.id.empty() || (added.empty() && removed.empty()))
        return;
    entry_.tags = words;
    Q_EMIT tags_changed(entry_.id, added, removed);
}

void ResultWordsEditor::finish_note() {
    const std::string note = note_->toPlainText().toStdString();
    if (!note_->document()->isModified() || note.size() > longest_note)
        return; // Qt may show a note otherwise than it is: one that nobody touched stays as it is
    note_->document()->setModified(false);
    if (entry_.id.empty() || note == entry_.note)
        return;
    entry_.note = note;
    Q_EMIT note_changed(entry_.id, note);
}

void ResultWordsEditor::check_note() {
    const auto size = static_cast<std::size_t>(note_->toPlainText().toUtf8().size());
    trouble_->setVisible(size > longest_note);
    trouble_->setText(tr("Not saved: a note has 64 KiB at most, and this one has %1 bytes more.")
                          .arg(size > longest_note ? size - longest_note : 0));
}

bool ResultWordsEditor::eventFilter(QObject* watched, QEvent* event) {
    if (watched == note_ && event->type() == QEvent::FocusOut)
        finish_note();
    return QWidget::eventFilter(watched, event);
}

} // namespace isolab
