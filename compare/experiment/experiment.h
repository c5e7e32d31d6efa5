// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an experiment is: which workloads run in which worlds, under which conditions, how often. Values and pure
// functions; the document is described in docs/experiment.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/model/comparison.h"
#include "compare/model/fact.h"
#include "engine/base/error.h"
#include "engine/base/json_fwd.h"

namespace isolab {

/// How an experiment measures.
enum class Method {
    comparison,   ///< each cell is a comparison: its worlds take turns
    deployment,   ///< in a fresh data folder: image, first deployment and start, then the second
    density,      ///< one world after the other gets more and more instances
    interference, ///< a victim beside a neighbour, with and without limits
    probe,        ///< one program looks at its world from inside
};

/// What is varied beside the workload and the world; a value for each that is named, all with all.
struct Factors {
    std::vector<unsigned> cpus;             ///< of each instance; empty: as the workload says
    std::vector<std::uint64_t> memory;      ///< bytes; empty: as the workload says
    std::vector<bool> cold;                 ///< of {"warm", "cold"}; empty: warm
    std::vector<std::string> neighbours;    ///< workloads beside the victim; interference only
    std::vector<bool> limited;              ///< whether limits hold; interference only; empty: both
    std::optional<unsigned> most_instances; ///< 1..100000; density only
};

/// One condition: a workload, and a value of each factor.
struct Cell {
    std::string workload;
    std::optional<unsigned> cpus;
    std::optional<std::uint64_t> memory;
    bool cold = false;
    std::string neighbour; ///< empty: none
    bool limited = true;

    bool operator==(const Cell&) const = default;
};

struct Experiment {
    std::string id;    ///< "start": small letters, digits, dashes
    Fact title;        ///< statement experiment.ID.title where there is one, otherwise the document's own words
    Fact summary;      ///< likewise
    std::string claim; ///< of the textbook (find_claim()) that it answers; may be empty
    Method method = Method::comparison;
    std::vector<std::string> workloads; ///< ids of the catalogue, or images; at least one
    /// What the book's row is made of: "ready", "work.*" for all that begin so; empty: see shown_figures().
    std::vector<std::string> figures;
    std::vector<std::string> worlds; ///< the first is the baseline; those that cannot be used here are left out
    Factors factors;
    unsigned repetitions = 5; ///< 1..1000 of each world in each cell; at most so many where `stop` is given
    unsigned warmup = 1;      ///< 0..100
    RunOrder order = RunOrder::random;
    std::optional<StoppingLimits> stop;   ///< ends a cell earlier; comparison only
    std::chrono::nanoseconds deadline{0}; ///< of the whole experiment, 0: none; what runs then is finished, and the
                                          ///< rest is left out and said
    std::uint64_t seed = 0;               ///< 0: chosen and recorded
};

/// The conditions in the order in which they are measured: workloads, then each factor, the last varies fastest. Pure.
std::vector<Cell> cells_of(const Experiment& experiment);

/// "cold", "2 CPUs, 512 MiB": what distinguishes a cell within its experiment; empty where there is but one. Pure.
Fact condition_of(const Experiment& experiment, const Cell& cell);

/// Whether its worlds are steps, each with one ingredient more than the one before. Pure.
bool is_chain(const Experiment& experiment);

/// The figures that it asks for, or those that its method is about. Pure.
std::vector<std::string> shown_figures(const Experiment& experiment);

/// Reads an experiment document. corrupt names the place in it ("$.factors.cpus[1]") and what is possible there.
/// `quick`: with what its section "quick" says, for a first look.
Result<Experiment> parse_experiment(const Json& document, const std::string& subject, bool quick = false);
/// A document that parse_experiment() reads as this experiment.
Json experiment_json(const Experiment& experiment);

std::string_view method_id(Method method) noexcept;

/// A list of experiments under one name: "textbook".
struct Suite {
    std::string id;
    Fact title;
    std::vector<Experiment> experiments;
};

/// What lies in a folder: experiments/*.json and suites/*.json, which name experiments. One broken file is an error
/// that names it.
class ExperimentCatalogue {
  public:
    static Result<ExperimentCatalogue> load(const std::filesystem::path& folder, bool quick = false);
    const std::vector<Experiment>& experiments() const noexcept { return experiments_; }
    const std::vector<Suite>& suites() const noexcept { return suites_; }
    Result<Experiment> find(const std::string& id) const;
    Result<Suite> find_suite(const std::string& id) const;

  private:
    std::vector<Experiment> experiments_;
    std::vector<Suite> suites_;
};

} // namespace isolab
