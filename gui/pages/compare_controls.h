// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include <QWidget>

#include "compare/model/comparison.h"
#include "gui/theme/theme.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace isolab {

class WorldChips;

/// What is run and how: workload, limits, number of runs, in which worlds; Measure, Race and Stop.
class CompareControls : public QWidget {
    Q_OBJECT
  public:
    explicit CompareControls(const Theme& theme, QWidget* parent = nullptr);

    /// `missing_images`: names of images that the workloads need and that have to be imported first.
    void show_workloads(const std::vector<Workload>& workloads, const std::set<std::string>& missing_images);
    void choose_workload(const std::string& id); ///< ignored when it is not in the list
    void set_runs(unsigned runs);
    WorldChips& worlds() noexcept { return *worlds_; }
    /// Shows the conditions of a plan, e.g. of an older result. Its workload is added to the list when the catalogue
    /// has none that would run the same, so that Measure repeats what is shown.
    void show_plan(const ComparisonPlan& plan);
    /// `reason` says why nothing can be started; empty: it can. `stoppable`: something runs that can be stopped.
    void set_available(const QString& reason, bool stoppable);

    /// What the controls say; empty without a workload.
    std::optional<ComparisonPlan> plan(Mode mode) const;
    QString summary() const; ///< of the chosen workload

  Q_SIGNALS:
    void start_requested(Mode mode);
    void stop_requested();
    void choice_changed(); ///< of workload or worlds

  private:
    void on_workload_chosen();
    void add_workload(const QString& title, const Workload& workload);
    void make_room(QSpinBox& field, std::uint64_t value);
    QString summary_of(const Workload& workload) const;
    QWidget* captioned(const QString& caption, QWidget* field);

    const Theme& theme_;
    std::vector<Workload> workloads_; ///< one per entry of the list
    std::set<std::string> missing_images_;
    QComboBox* workload_;
    QSpinBox *cpus_, *memory_, *runs_;
    QPushButton *measure_, *race_, *stop_;
    WorldChips* worlds_;
};

} // namespace isolab
