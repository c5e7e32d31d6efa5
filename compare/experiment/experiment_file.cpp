// SPDX-License-Identifier: GPL-3.0-or-later
//
// Documents of experiments and suites (docs/experiment.md).
#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "compare/experiment/document_reader.h"
#include "compare/experiment/experiment.h"
#include "engine/base/json.h"
#include "engine/base/size.h"

namespace isolab {
namespace {

constexpr const char* experiment_schema = "isolab.experiment/1";
constexpr const char* suite_schema = "isolab.suite/1";
constexpr double longest_seconds = 86400;
constexpr unsigned most_repetitions = 1000;
constexpr unsigned most_warmups = 100;
constexpr unsigned most_cpus = 4096;
constexpr unsigned most_instances = 100000;
const std::vector<std::string_view> order_words{"random", "listed"};
const std::vector<std::string_view> cache_words{"warm", "cold"};
const std::vector<std::string_view> limit_words{"on", "off"};

/// Shipped documents are told in the reader's language, others in their own words.
Fact document_words(const std::string& statement, std::string words) {
    return fact_text(statement) != nullptr ? Fact::said(statement) : Fact(std::move(words));
}

std::vector<std::string_view> method_words() {
    std::vector<std::string_view> words;
    for (int method = 0; method <= static_cast<int>(Method::probe); ++method)
        words.push_back(method_id(static_cast<Method>(method)));
    return words;
}

Result<void> check_schema(const DocumentReader& reader, const char* expected) {
    ISOLAB_ASSIGN(const std::string schema, reader.text("schema"));
    if (schema != expected)
        return reader.wrong("schema", fmt::format("is \"{}\", expected \"{}\"", schema, expected));
    return {};
}

/// "native", then "native+pid", "native+pid+uts", …: each step adds one ingredient to those before.
Result<std::vector<std::string>> read_chain(const DocumentReader& reader) {
    ISOLAB_TRY(reader.check({"from", "add"}));
    ISOLAB_ASSIGN(std::string world, reader.text("from"));
    ISOLAB_ASSIGN(const std::vector<std::string> ingredients, reader.texts("add", 1));
    std::vector<std::string> worlds{world};
    for (const std::string& ingredient : ingredients) {
        world += "+" + ingredient;
        worlds.push_back(world);
    }
    return worlds;
}

Result<std::vector<std::string>> read_worlds(const DocumentReader& reader) {
    ISOLAB_ASSIGN(std::vector<std::string> worlds, reader.texts("worlds", reader.has("chain") ? 0 : 1));
    ISOLAB_ASSIGN(const std::optional<DocumentReader> chain, reader.object("chain"));
    if (chain) {
        ISOLAB_ASSIGN(std::vector<std::string> steps, read_chain(*chain));
        worlds.insert(worlds.begin(), std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end()));
    }
    for (const std::string& world : worlds)
        if (std::ranges::count(worlds, world) > 1)
            return reader.wrong("worlds", fmt::format("name \"{}\" twice", world));
    return worlds;
}

Result<Factors> read_factors(const DocumentReader& reader, Method method) {
    Factors factors;
    ISOLAB_ASSIGN(const std::optional<DocumentReader> object, reader.object("factors"));
    if (!object)
        return factors;
    ISOLAB_TRY(object->check({"cpus", "memory", "cache", "neighbours", "limits", "instances"}));
    ISOLAB_ASSIGN(const std::vector<std::uint64_t> cpus, object->wholes("cpus", 1, most_cpus));
    std::ranges::transform(cpus, std::back_inserter(factors.cpus), [](auto n) { return static_cast<unsigned>(n); });
    ISOLAB_ASSIGN(factors.memory, object->sizes("memory"));
    ISOLAB_ASSIGN(const std::vector<std::size_t> cache, object->choices("cache", cache_words));
    std::ranges::transform(cache, std::back_inserter(factors.cold), [](auto word) { return word == 1; });
    ISOLAB_ASSIGN(factors.neighbours, object->texts("neighbours", 0));
    ISOLAB_ASSIGN(const std::vector<std::size_t> limits, object->choices("limits", limit_words));
    std::ranges::transform(limits, std::back_inserter(factors.limited), [](auto word) { return word == 0; });
    ISOLAB_ASSIGN(const std::uint64_t instances, object->whole("instances", 1, most_instances, 0));
    if (instances > 0)
        factors.most_instances = static_cast<unsigned>(instances);

    const bool beside = method == Method::interference;
    if (beside != !factors.neighbours.empty())
        return object->wrong("neighbours", beside ? "is missing: what runs beside the victim"
                                                  : "is a factor of the method \"interference\" only");
    if (!beside && !factors.limited.empty())
        return object->wrong("limits", "is a factor of the method \"interference\" only");
    if ((method == Method::density) != factors.most_instances.has_value())
        return object->wrong("instances", method == Method::density ? "is missing: how many there may be at most"
                                                                    : "is a factor of the method \"density\" only");
    if (method != Method::comparison && !factors.cold.empty())
        return object->wrong("cache", "is a factor of the method \"comparison\" only");
    return factors;
}

Result<std::optional<StoppingLimits>> read_stop(const DocumentReader& reader, Method method) {
    ISOLAB_ASSIGN(const std::optional<DocumentReader> object, reader.object("stop"));
    if (!object)
        return std::nullopt;
    if (method != Method::comparison)
        return reader.wrong("stop", "is for the method \"comparison\" only");
    ISOLAB_TRY(object->check({"relative_half_width", "least", "seconds"}));
    StoppingLimits stop;
    ISOLAB_ASSIGN(stop.relative_half_width, object->real("relative_half_width", 0, 1, stop.relative_half_width));
    ISOLAB_ASSIGN(stop.least_runs, object->whole("least", 1, most_repetitions, stop.least_runs));
    ISOLAB_ASSIGN(stop.most_time, object->seconds("seconds", 1, longest_seconds, 600));
    return stop;
}

Result<void> read_amounts(const DocumentReader& reader, Experiment& experiment) {
    ISOLAB_ASSIGN(const std::uint64_t repetitions,
                  reader.whole("repetitions", 1, most_repetitions, experiment.repetitions));
    ISOLAB_ASSIGN(const std::uint64_t warmup, reader.whole("warmup", 0, most_warmups, experiment.warmup));
    ISOLAB_ASSIGN(experiment.deadline, reader.seconds("deadline_s", 0, longest_seconds,
                                                      std::chrono::duration<double>(experiment.deadline).count()));
    experiment.repetitions = static_cast<unsigned>(repetitions);
    experiment.warmup = static_cast<unsigned>(warmup);
    return {};
}

/// What a first look does with less of.
Result<void> read_quick(const DocumentReader& reader, Experiment& experiment, bool apply) {
    ISOLAB_ASSIGN(const std::optional<DocumentReader> object, reader.object("quick"));
    if (!object)
        return {};
    ISOLAB_TRY(object->check({"repetitions", "warmup", "deadline_s", "instances", "worlds"}));
    Experiment less = experiment;
    if (object->has("worlds")) {
        ISOLAB_ASSIGN(less.worlds, read_worlds(*object));
    }
    ISOLAB_TRY(read_amounts(*object, less));
    ISOLAB_ASSIGN(const std::uint64_t instances, object->whole("instances", 1, most_instances, 0));
    if (instances > 0 && !less.factors.most_instances)
        return object->wrong("instances", "is for the method \"density\" only");
    if (instances > 0)
        less.factors.most_instances = static_cast<unsigned>(instances);
    if (apply)
        experiment = std::move(less);
    return {};
}

} // namespace

Result<Experiment> parse_experiment(const Json& document, const std::string& subject, bool quick) {
    const DocumentReader reader(document, subject);
    ISOLAB_TRY(
        reader.check({"schema", "id", "title", "summary", "claim", "method", "workloads", "worlds", "chain", "figures",
                      "factors", "repetitions", "warmup", "order", "stop", "deadline_s", "seed", "quick"}));
    ISOLAB_TRY(check_schema(reader, experiment_schema));
    Experiment experiment;
    ISOLAB_ASSIGN(experiment.id, reader.id("id"));
    ISOLAB_ASSIGN(std::string title, reader.text_or("title", experiment.id));
    ISOLAB_ASSIGN(std::string summary, reader.text_or("summary", {}));
    experiment.title = document_words("experiment." + experiment.id, std::move(title));
    experiment.summary = document_words("experiment." + experiment.id + ".summary", std::move(summary));
    ISOLAB_ASSIGN(experiment.claim, reader.text_or("claim", {}));
    ISOLAB_ASSIGN(const std::size_t method, reader.choice("method", method_words()));
    experiment.method = static_cast<Method>(method);
    ISOLAB_ASSIGN(experiment.workloads, reader.texts("workloads", 1));
    ISOLAB_ASSIGN(experiment.worlds, read_worlds(reader));
    ISOLAB_ASSIGN(experiment.figures, reader.texts("figures", 0));
    ISOLAB_ASSIGN(experiment.factors, read_factors(reader, experiment.method));
    ISOLAB_TRY(read_amounts(reader, experiment));
    ISOLAB_ASSIGN(const std::size_t order, reader.choice("order", order_words));
    experiment.order = static_cast<RunOrder>(order);
    ISOLAB_ASSIGN(experiment.stop, read_stop(reader, experiment.method));
    ISOLAB_ASSIGN(experiment.seed, reader.whole("seed", 0, UINT64_MAX, 0));
    ISOLAB_TRY(read_quick(reader, experiment, quick));
    return experiment;
}

namespace {

Json factors_json(const Factors& factors) {
    Json json = Json::object();
    if (!factors.cpus.empty())
        json["cpus"] = factors.cpus;
    for (const std::uint64_t bytes : factors.memory)
        json["memory"].push_back(size_text(bytes));
    for (const bool cold : factors.cold)
        json["cache"].push_back(cache_words[cold ? 1 : 0]);
    if (!factors.neighbours.empty())
        json["neighbours"] = factors.neighbours;
    for (const bool limited : factors.limited)
        json["limits"].push_back(limit_words[limited ? 0 : 1]);
    if (factors.most_instances)
        json["instances"] = *factors.most_instances;
    return json;
}

double seconds_of(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

} // namespace

Json experiment_json(const Experiment& experiment) {
    Json json{{"schema", experiment_schema},
              {"id", experiment.id},
              {"title", english(experiment.title)},
              {"method", method_id(experiment.method)},
              {"workloads", experiment.workloads},
              {"worlds", experiment.worlds},
              {"repetitions", experiment.repetitions},
              {"warmup", experiment.warmup},
              {"order", order_words[static_cast<std::size_t>(experiment.order)]},
              {"deadline_s", seconds_of(experiment.deadline)},
              {"seed", experiment.seed}};
    if (!experiment.figures.empty())
        json["figures"] = experiment.figures;
    if (!experiment.summary.empty())
        json["summary"] = english(experiment.summary);
    if (!experiment.claim.empty())
        json["claim"] = experiment.claim;
    if (Json factors = factors_json(experiment.factors); !factors.empty())
        json["factors"] = std::move(factors);
    if (experiment.stop)
        json["stop"] = {{"relative_half_width", experiment.stop->relative_half_width},
                        {"least", experiment.stop->least_runs},
                        {"seconds", seconds_of(experiment.stop->most_time)}};
    return json;
}

namespace {

Result<std::vector<std::filesystem::path>> documents_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().extension() == ".json")
            files.push_back(entry->path());
    if (error)
        return fail_errno(error.value(), "read the experiments", folder.string());
    std::ranges::sort(files);
    return files;
}

template <class T> std::string ids_of(const std::vector<T>& list) {
    std::string ids;
    for (const T& item : list)
        ids += (ids.empty() ? "" : ", ") + item.id;
    return ids;
}

template <class T> Result<T> find_by_id(const std::vector<T>& list, const char* what, const std::string& id) {
    const auto found = std::ranges::find(list, id, &T::id);
    if (found != list.end())
        return *found;
    return fail(ErrorKind::not_found, std::string("find ") + what, id, "there is none of that name",
                "There are: " + ids_of(list));
}

Result<Suite> parse_suite(const Json& document, const std::string& subject, const ExperimentCatalogue& catalogue) {
    const DocumentReader reader(document, subject);
    ISOLAB_TRY(reader.check({"schema", "id", "title", "experiments"}));
    ISOLAB_TRY(check_schema(reader, suite_schema));
    Suite suite;
    ISOLAB_ASSIGN(suite.id, reader.id("id"));
    ISOLAB_ASSIGN(std::string title, reader.text_or("title", suite.id));
    suite.title = document_words("suite." + suite.id, std::move(title));
    ISOLAB_ASSIGN(const std::vector<std::string> names, reader.texts("experiments", 1));
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto experiment = catalogue.find(names[i]);
        if (!experiment)
            return reader.wrong(fmt::format("experiments[{}]", i), fmt::format("is \"{}\", which is none", names[i]));
        suite.experiments.push_back(std::move(*experiment));
    }
    return suite;
}

} // namespace

Result<ExperimentCatalogue> ExperimentCatalogue::load(const std::filesystem::path& folder, bool quick) {
    ExperimentCatalogue catalogue;
    ISOLAB_ASSIGN(const std::vector<std::filesystem::path> experiments, documents_in(folder / "experiments"));
    for (const std::filesystem::path& file : experiments) {
        ISOLAB_ASSIGN(const Json document, read_json_file(file));
        ISOLAB_ASSIGN(Experiment experiment, parse_experiment(document, file.string(), quick));
        if (catalogue.find(experiment.id))
            return fail(ErrorKind::corrupt, "read experiment", file.string(),
                        "the id \"" + experiment.id + "\" occurs twice");
        catalogue.experiments_.push_back(std::move(experiment));
    }
    ISOLAB_ASSIGN(const std::vector<std::filesystem::path> suites, documents_in(folder / "suites"));
    for (const std::filesystem::path& file : suites) {
        ISOLAB_ASSIGN(const Json document, read_json_file(file));
        ISOLAB_ASSIGN(Suite suite, parse_suite(document, file.string(), catalogue));
        catalogue.suites_.push_back(std::move(suite));
    }
    return catalogue;
}

Result<Experiment> ExperimentCatalogue::find(const std::string& id) const {
    return find_by_id(experiments_, "experiment", id);
}

Result<Suite> ExperimentCatalogue::find_suite(const std::string& id) const { return find_by_id(suites_, "suite", id); }

} // namespace isolab
