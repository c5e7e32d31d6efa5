// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "compare/lab/experiment_run.h"
#include "compare/textbook/row.h"

namespace isolab {

/// A result and what it answers to the book, which takes a while to compute: not on the GUI thread.
struct MeasuredExperiment {
    explicit MeasuredExperiment(ExperimentResult measured) : result(std::move(measured)), rows(book_rows(result)) {}
    ExperimentResult result;
    std::vector<BookRow> rows;
};
using MeasuredPointer = std::shared_ptr<const MeasuredExperiment>; ///< never changed, only replaced

/// Where a suite, or an experiment by itself, is.
struct SuiteLive {
    std::string experiment;                  ///< its id; empty: none has begun
    Nanoseconds begun_at{0};                 ///< of the experiment: monotonic_now()
    std::size_t part = 0;                    ///< of the experiment, from 0
    std::size_t parts = 0;                   ///< 0: none has begun
    Fact what;                               ///< the part: "cold", "Virtual machine"; may be empty
    std::optional<Progress> deployment = {}; ///< of an image, while it is made ready
    std::string side;                        ///< the world that runs; empty: between runs
    unsigned index = 0;                      ///< of the run, from 0
    bool warmup = false;
    unsigned finished = 0;  ///< runs of this part
    unsigned expected = 0;  ///< as many as there will be at most; 0: not known
    unsigned instances = 0; ///< density: how many there are
};

/// Listens to experiments on the threads that make them and folds what it hears into one value; the GUI thread takes
/// that value at its own pace. Thread-safe.
class SuiteFeed final : public ExperimentObserver {
  public:
    /// The present state when something happened since the last call, otherwise empty.
    std::optional<SuiteLive> take();
    /// Experiments that have ended and were not taken yet, in that order.
    std::vector<MeasuredPointer> take_ended();

    void on_suite(const Suite& suite, std::size_t number, std::size_t count) override;
    void on_part(const ExperimentResult& result, std::size_t part, std::size_t parts, const Fact& what) override;
    void on_experiment(const ExperimentResult& result) override;
    void report(const Progress& progress) override;
    void on_deployment(const std::string& side, const std::vector<DeploymentStep>& steps) override;
    void on_run_started(const std::string& side, unsigned index, bool warmup) override;
    void on_run_finished(const RunResult& run) override;

  private:
    template <class Change> void change(Change change);

    std::mutex mutex_;
    bool changed_ = false;
    SuiteLive state_;
    std::vector<MeasuredPointer> ended_;
};

} // namespace isolab
