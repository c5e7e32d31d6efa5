// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/compare_controls.h"

#include <algorithm>
#include <limits>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>

#include "gui/models/host_size.h"
#include "gui/models/plain_text.h"
#include "gui/models/words.h"
#include "gui/widgets/world_chips.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr std::uint64_t mebibyte = 1U << 20U;
constexpr int default_runs = 5;

QSpinBox* number_field(int least, int most, int value, int step) {
    auto* field = new QSpinBox;
    field->setRange(least, most);
    field->setSingleStep(step);
    field->setValue(value);
    field->setKeyboardTracking(false);
    return field;
}

/// The greatest limit that makes sense: all that the host has, in MiB.
int most_memory() {
    const std::uint64_t all = host_size().memory_bytes / mebibyte;
    return static_cast<int>(std::clamp<std::uint64_t>(all, 256, 1U << 24U));
}

/// Both run the same; how much of it and within which limits is told by other controls.
bool same_work(const Workload& a, const Workload& b) {
    return a.id == b.id && a.image == b.image && a.command == b.command && a.env == b.env && a.cwd == b.cwd &&
           a.user == b.user && a.readiness.text() == b.readiness.text();
}

QPushButton* button(const QString& text, const QString& role) {
    auto* made = new QPushButton(text);
    made->setProperty("role", role);
    return made;
}

} // namespace

CompareControls::CompareControls(const Theme& theme, QWidget* parent)
    : QWidget(parent), theme_(theme), workload_(new QComboBox),
      cpus_(number_field(1, static_cast<int>(host_size().cpus), 1, 1)),
      memory_(number_field(64, most_memory(), 256, 64)), runs_(number_field(1, 1000, default_runs, 1)),
      measure_(button(tr("Measure"), u"primary"_s)), race_(button(tr("Race"), u"secondary"_s)),
      stop_(button(tr("Stop"), u"stop"_s)), worlds_(new WorldChips(theme)) {
    auto* lines = new QVBoxLayout(this);
    lines->setContentsMargins(0, 0, 0, 0);
    auto* layout = new QHBoxLayout;
    lines->addLayout(layout);
    lines->addWidget(worlds_);
    layout->addWidget(captioned(tr("Workload"), workload_));
    layout->addWidget(captioned(tr("CPUs"), cpus_));
    layout->addWidget(captioned(tr("Memory"), memory_));
    layout->addWidget(captioned(tr("Runs"), runs_));
    for (QPushButton* each : {measure_, race_, stop_})
        layout->addWidget(each, 0, Qt::AlignBottom);
    layout->addStretch(1);
    memory_->setSuffix(u" MiB"_s);
    workload_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    const auto restyle = [this, layout, lines] {
        lines->setSpacing(theme_.px(8));
        layout->setSpacing(theme_.px(12));
        workload_->setMinimumWidth(theme_.px(176));
        for (QPushButton* each : {measure_, race_, stop_})
            each->setFixedHeight(theme_.px(32));
    };
    connect(&theme, &Theme::changed, this, restyle);
    restyle();
    connect(workload_, &QComboBox::currentIndexChanged, this, &CompareControls::on_workload_chosen);
    connect(measure_, &QPushButton::clicked, this, [this] { Q_EMIT start_requested(Mode::measure); });
    connect(race_, &QPushButton::clicked, this, [this] { Q_EMIT start_requested(Mode::race); });
    connect(stop_, &QPushButton::clicked, this, &CompareControls::stop_requested);
    connect(worlds_, &WorldChips::chosen_changed, this, &CompareControls::choice_changed);
}

QWidget* CompareControls::captioned(const QString& caption, QWidget* field) {
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    const auto restyle = [this, layout] { layout->setSpacing(theme_.px(2)); };
    connect(&theme_, &Theme::changed, box, restyle);
    restyle();
    auto* label = new QLabel(caption);
    label->setProperty("role", u"caption"_s);
    label->setBuddy(field);
    field->setAccessibleName(caption);
    layout->addWidget(label);
    layout->addWidget(field);
    return box;
}

void CompareControls::show_workloads(const std::vector<Workload>& workloads,
                                     const std::set<std::string>& missing_images) {
    const QSignalBlocker quiet(workload_);
    missing_images_ = missing_images;
    workloads_.clear();
    workload_->clear();
    for (const Workload& workload : workloads)
        add_workload(Words::known(workload.title), workload);
    choose_workload(default_workload_id);
    on_workload_chosen();
}

void CompareControls::add_workload(const QString& title, const Workload& workload) {
    workloads_.push_back(workload);
    workload_->addItem(title, QString::fromStdString(workload.id));
    workload_->setItemData(workload_->count() - 1, plain_tip(summary_of(workload)), Qt::ToolTipRole);
}

void CompareControls::choose_workload(const std::string& id) {
    const int index = workload_->findData(QString::fromStdString(id));
    if (index >= 0)
        workload_->setCurrentIndex(index);
}

void CompareControls::set_runs(unsigned runs) { runs_->setValue(static_cast<int>(runs)); }

void CompareControls::show_plan(const ComparisonPlan& plan) {
    const auto same = std::ranges::find_if(workloads_, [&](const Workload& w) { return same_work(w, plan.workload); });
    const auto index = same - workloads_.begin();
    if (same == workloads_.end())
        add_workload(tr("%1 (from history)").arg(Words::known(plan.workload.title)), plan.workload);
    workload_->setCurrentIndex(static_cast<int>(index));
    const std::uint64_t memory = plan.workload.limits.memory_bytes / mebibyte;
    make_room(*cpus_, plan.workload.limits.cpus);
    make_room(*memory_, memory);
    cpus_->setValue(static_cast<int>(plan.workload.limits.cpus));
    memory_->setValue(static_cast<int>(memory));
    runs_->setValue(static_cast<int>(plan.runs));
    worlds_->choose(plan.sides);
}

/// What was possible elsewhere is shown as it was; starting it here tells why it cannot be.
void CompareControls::make_room(QSpinBox& field, std::uint64_t value) {
    const int wanted = static_cast<int>(std::min<std::uint64_t>(value, std::numeric_limits<int>::max()));
    field.setRange(std::min(field.minimum(), wanted), std::max(field.maximum(), wanted));
}

void CompareControls::on_workload_chosen() {
    const int index = workload_->currentIndex();
    if (index < 0)
        return;
    const ResourceLimits& limits = workloads_[static_cast<std::size_t>(index)].limits;
    cpus_->setValue(static_cast<int>(limits.cpus));
    memory_->setValue(static_cast<int>(limits.memory_bytes / mebibyte));
    workload_->setToolTip(plain_tip(summary()));
    Q_EMIT choice_changed();
}

void CompareControls::set_available(const QString& reason, bool stoppable) {
    const bool free = reason.isEmpty();
    for (QWidget* field : std::initializer_list<QWidget*>{workload_, cpus_, memory_, runs_, measure_, race_})
        field->setEnabled(free);
    worlds_->set_available(reason);
    stop_->setEnabled(stoppable);
    workload_->setToolTip(plain_tip(free ? summary() : reason));
    cpus_->setToolTip(free ? tr("CPUs that the workload may use, the same in all worlds") : reason);
    memory_->setToolTip(free ? tr("Memory that the workload may use, the same in all worlds") : reason);
    runs_->setToolTip(free ? tr("Measured runs in each world; one warm-up comes before them") : reason);
    measure_->setToolTip(free ? tr("The worlds take turns, so that they do not disturb each other") : reason);
    race_->setToolTip(free ? tr("All start at the same moment: for the eye, never pooled with measured runs") : reason);
    stop_->setToolTip(stoppable ? tr("Ends the present run cleanly; what was measured is kept") : tr("Nothing runs"));
}

std::optional<ComparisonPlan> CompareControls::plan(Mode mode) const {
    const int index = workload_->currentIndex();
    if (index < 0)
        return std::nullopt;
    ComparisonPlan plan;
    plan.workload = workloads_[static_cast<std::size_t>(index)];
    plan.workload.limits = {static_cast<unsigned>(cpus_->value()),
                            static_cast<std::uint64_t>(memory_->value()) * mebibyte};
    plan.sides = worlds_->chosen();
    plan.mode = mode;
    plan.runs = mode == Mode::race ? 1 : static_cast<unsigned>(runs_->value());
    plan.warmup = mode == Mode::race ? 0 : 1;
    return plan;
}

QString CompareControls::summary_of(const Workload& workload) const {
    const QString missing = missing_images_.contains(workload.image)
                                ? tr("Import an image named %1 first.").arg(QString::fromStdString(workload.image))
                                : QString();
    return Words::sentences(Words::known(workload.summary), missing);
}

QString CompareControls::summary() const {
    const int index = workload_->currentIndex();
    return index < 0 ? QString() : summary_of(workloads_[static_cast<std::size_t>(index)]);
}

} // namespace isolab
