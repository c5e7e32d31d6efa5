// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QTimer>
#include <QWidget>

#include "gui/jobs/results_controller.h"
#include "gui/models/results_model.h"
#include "gui/theme/theme.h"

class QBoxLayout;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace isolab {

class Banner;
class ResultPanel;

/// Saved results of all kinds: a list that is filtered while one types, and beside it what is chosen in it. Ctrl+F
/// leads to the filter, Enter opens a comparison, Delete asks and deletes.
class ResultsPage : public QWidget {
    Q_OBJECT
  public:
    ResultsPage(const Theme& theme, ResultsController& controller, QWidget* parent = nullptr);

  Q_SIGNALS:
    void opened(const std::string& id); ///< a comparison, to be shown by another page

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void build();
    QWidget* make_filter_row();
    QWidget* make_list_card();
    void build_table();
    void add_keys();
    void connect_all();

    void filter();
    void refresh();
    void refresh_hint();
    void refresh_tags();
    void show_chosen();
    std::vector<HistoryEntry> chosen() const;
    void keep_choice();
    void restore_choice();

    void open_chosen();
    void ask_to_delete();
    void export_chosen();
    void ask_for_import();
    void tell(const ResultsReport& report);
    void restyle();
    void fit_width();

    const Theme& theme_;
    ResultsController& controller_;
    ResultsModel model_;
    QLineEdit* text_;
    QComboBox *kind_, *tag_;
    QPushButton *import_, *more_;
    Banner* message_;
    QTableView* table_;
    QLabel *empty_, *hint_;
    ResultPanel* panel_;
    QBoxLayout *page_ = nullptr, *body_ = nullptr;
    bool tells_failed_list_ = false;
    QTimer choice_timer_;                  ///< several changes of the choice are one
    std::vector<std::string> kept_choice_; ///< ids, over a reset of the model
};

} // namespace isolab
