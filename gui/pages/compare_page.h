// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QWidget>

#include "gui/jobs/comparison_controller.h"
#include "gui/models/contract_model.h"
#include "gui/models/metric_model.h"
#include "gui/models/stack.h"
#include "gui/theme/theme.h"

class QGridLayout;
class QLabel;
class QProgressBar;
class QPushButton;
class QScrollArea;

namespace isolab {

class Banner;
class BookTable;
class Card;
class CompareControls;
class FigureRows;
class MemoryPlot;
class OutputView;
class ShareBars;
class SideCard;
class WaterfallView;

/// The main page: the same workload in two worlds or more, running or measured. Shows what the controller holds;
/// decides nothing itself.
class ComparePage : public QWidget {
    Q_OBJECT
  public:
    ComparePage(const Theme& theme, ComparisonController& controller, QWidget* parent = nullptr);

    CompareControls& controls() noexcept { return *controls_; }
    void start(Mode mode);
    void export_report();
    void copy_report();
    bool can_export() const; ///< a result is shown

  protected:
    void resizeEvent(QResizeEvent* event) override;

  Q_SIGNALS:
    void system_page_requested(); ///< the reader asks why
    void export_possible_changed();

  private:
    void build_head();
    void build_grid();
    Card* race_card();
    Card* memory_card();
    Card* contract_card();
    Card* figures_card();
    Card* use_card();
    Card* conditions_card();
    void match_worlds();
    void arrange();
    int card_columns() const;
    void fit_width();
    void resize_spaces();

    void refresh();      ///< everything, after a change of stage or result
    void refresh_live(); ///< what changes many times a second
    void refresh_head();
    void refresh_message();
    void refresh_result();
    void refresh_contract();
    void refresh_activity();
    void refresh_notes();
    void tell_export(const std::string& file, const std::optional<Error>& error);
    bool emulated_here() const;
    QString unavailable_reason() const;
    StackFacts stack_facts(const std::string& world) const;
    std::vector<std::string> shown_worlds() const;
    const ComparisonResult* result() const;
    ComparisonView view() const;

    const Theme& theme_;
    ComparisonController& controller_;
    MetricModel metrics_;
    ContractModel contract_;

    QWidget* head_;
    CompareControls* controls_;
    Banner *warning_, *message_;
    QWidget* state_; ///< of the head: what to know, and what goes on
    QLabel *activity_, *run_note_;
    QProgressBar* progress_;
    QScrollArea* scroll_;
    QGridLayout* grid_;
    QGridLayout *cards_grid_, *outputs_grid_;
    QWidget *cards_area_, *outputs_area_;
    bool wide_ = true;
    struct {
        Card *book, *race, *memory, *contract, *figures, *use, *conditions;
    } cards_{};
    std::vector<std::string> worlds_; ///< that have cards
    std::vector<SideCard*> sides_;    ///< of each world
    std::vector<OutputView*> outputs_;
    BookTable* book_;
    WaterfallView* waterfall_;
    MemoryPlot* memory_;
    QLabel* memory_note_;
    ShareBars *disk_, *cpu_;
    FigureRows* deployment_;
    QLabel* deployment_title_ = nullptr;
    QLabel* contract_text_;
    QPushButton *export_, *copy_, *replay_;
};

} // namespace isolab
