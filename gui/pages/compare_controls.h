// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QWidget>

#include "compare/experiment.h"
#include "gui/theme/theme.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace isolab {

/// What is run and how: workload, limits, number of runs; Measure, Race and Stop.
class CompareControls : public QWidget {
    Q_OBJECT
  public:
    explicit CompareControls(const Theme& theme, QWidget* parent = nullptr);

    void show_workloads(const std::vector<Workload>& workloads);
    void choose_workload(const std::string& id); ///< ignored when it is not in the list
    void set_runs(unsigned runs);
    /// Shows the conditions of a plan, e.g. of an older result.
    void show_plan(const ExperimentPlan& plan);
    /// `reason` says why nothing can be started; empty: it can. `stoppable`: something runs that can be stopped.
    void set_available(const QString& reason, bool stoppable);

    /// What the controls say; empty without a workload.
    std::optional<ExperimentPlan> plan(Mode mode) const;
    QString summary() const; ///< of the chosen workload

  Q_SIGNALS:
    void start_requested(Mode mode);
    void stop_requested();
    void workload_changed();

  private:
    void on_workload_chosen();
    QWidget* captioned(const QString& caption, QWidget* field);

    const Theme& theme_;
    std::vector<Workload> workloads_;
    QComboBox* workload_;
    QSpinBox *cpus_, *memory_, *runs_;
    QPushButton *measure_, *race_, *stop_;
};

} // namespace isolab
