// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QWidget>

#include "gui/jobs/experiment_controller.h"
#include "gui/models/contract_model.h"
#include "gui/models/phase_model.h"
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
class MemoryPlot;
class OutputView;
class ShareBars;
class SideCard;
class WaterfallView;

/// The main page: the same workload in both worlds, running or measured. Shows what the controller holds; decides
/// nothing itself.
class ComparePage : public QWidget {
    Q_OBJECT
  public:
    ComparePage(const Theme& theme, ExperimentController& controller, QWidget* parent = nullptr);

    CompareControls& controls() noexcept { return *controls_; }
    void start(Mode mode);
    void export_report();
    void copy_report();
    bool can_export() const; ///< a result is shown

  Q_SIGNALS:
    void system_page_requested(); ///< the reader asks why
    void export_possible_changed();

  private:
    void build_head();
    void build_grid();
    QWidget* race_card();
    QWidget* memory_card();
    QWidget* contract_card();
    void resize_spaces();

    void refresh();      ///< everything, after a change of stage or result
    void refresh_live(); ///< what changes many times a second
    void refresh_head();
    void refresh_message();
    void refresh_result();
    QString unavailable_reason() const;
    StackFacts stack_facts() const;
    const ExperimentResult* result() const;
    ComparisonView view() const;

    const Theme& theme_;
    ExperimentController& controller_;
    PhaseModel phases_;
    ContractModel contract_;

    QWidget* head_;
    CompareControls* controls_;
    Banner *warning_, *message_;
    QLabel *activity_, *facts_, *race_note_;
    QProgressBar* progress_;
    QGridLayout* grid_;
    std::array<SideCard*, 2> sides_{};
    std::array<OutputView*, 2> outputs_{};
    BookTable* book_;
    WaterfallView* waterfall_;
    MemoryPlot* memory_;
    ShareBars *disk_, *cpu_;
    QLabel* contract_text_;
    QPushButton *export_, *copy_, *replay_;
};

} // namespace isolab
