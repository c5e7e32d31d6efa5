// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QWidget>

#include "gui/jobs/results_controller.h"
#include "gui/theme/theme.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QScrollArea;

namespace isolab {

class Card;
class DocumentView;
class ResultWordsEditor;

/// The results that are chosen in a list: one with its words and its document, several comparisons in one picture.
class ResultPanel : public QWidget {
    Q_OBJECT
  public:
    ResultPanel(const Theme& theme, ResultsController& controller, QWidget* parent = nullptr);

    void show_entries(const std::vector<HistoryEntry>& entries);
    const std::vector<HistoryEntry>& entries() const noexcept { return entries_; }
    bool is_private() const; ///< files are to tell nothing of this machine
    /// How many results belong to these and go with them; empty: not known.
    std::optional<std::size_t> parts() const;

  Q_SIGNALS:
    void open_requested();
    void export_requested();
    void delete_requested();

  private:
    QWidget* make_actions();
    QWidget* make_figure_row();
    void make_document_area();
    void refresh_head();
    void refresh_open();
    void refresh_document();
    void show_document();
    void refresh_figures();
    QString why_no_picture() const; ///< empty: there can be one

    const Theme& theme_;
    ResultsController& controller_;
    std::vector<HistoryEntry> entries_;
    Card* card_;
    QLabel *about_, *note_;
    QPushButton *open_, *export_, *delete_;
    QCheckBox* private_;
    QWidget *actions_ = nullptr, *figure_row_ = nullptr;
    QComboBox* figure_;
    ResultWordsEditor* words_;
    DocumentView* document_;
    QScrollArea* scroll_;
};

} // namespace isolab
