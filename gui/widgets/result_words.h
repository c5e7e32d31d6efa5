// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "compare/history/history.h"
#include "gui/theme/theme.h"

class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace isolab {

/// What people say of a result, to be changed: its tags on a line, its note below. Both are plain text. What was
/// written is told when the focus leaves the field or another result is shown.
class ResultWordsEditor : public QWidget {
    Q_OBJECT
  public:
    explicit ResultWordsEditor(const Theme& theme, QWidget* parent = nullptr);

    /// The same result again leaves what is being written as it is.
    void show_entry(const HistoryEntry& entry);
    void finish(); ///< tells what was written and not told yet

  Q_SIGNALS:
    void tags_changed(const std::string& id, const std::vector<std::string>& added,
                      const std::vector<std::string>& removed);
    void note_changed(const std::string& id, const std::string& note);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void finish_tags();
    void finish_note();
    void check_note();
    void restyle();

    const Theme& theme_;
    HistoryEntry entry_;
    QLineEdit* tags_;
    QPlainTextEdit* note_;
    QLabel* trouble_;
};

/// The words of a line, parted by spaces or commas, each once.
std::vector<std::string> words_of_line(const QString& line);

} // namespace isolab
