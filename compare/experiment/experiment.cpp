// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/experiment/experiment.h"

#include <algorithm>
#include <array>

namespace isolab {
namespace {

constexpr std::array<std::string_view, 5> method_ids{"comparison", "deployment", "density", "interference", "probe"};

/// The values of one factor, of which there is always one: that of none given.
template <class T> std::vector<std::optional<T>> values_of(const std::vector<T>& given) {
    if (given.empty())
        return {std::nullopt};
    return {given.begin(), given.end()};
}

Fact join(std::vector<Fact> parts) {
    if (parts.empty())
        return {};
    Fact joined = std::move(parts.front());
    for (std::size_t i = 1; i < parts.size(); ++i)
        joined = Fact::said("text.and", {std::move(joined), std::move(parts[i])});
    return joined;
}

Fact count_fact(unsigned number) { return Fact::quantity(number, "count"); }

/// Each cell once for each value of a factor.
template <class T, class Set>
std::vector<Cell> varied(const std::vector<Cell>& cells, const std::vector<T>& values, Set&& set) {
    std::vector<Cell> all;
    for (const Cell& cell : cells)
        for (const T& value : values) {
            Cell copy = cell;
            set(copy, value);
            all.push_back(std::move(copy));
        }
    return all;
}

std::vector<Cell> with_neighbours(const std::vector<Cell>& cells, const Factors& factors) {
    std::vector<std::string> neighbours{{}};
    neighbours.insert(neighbours.end(), factors.neighbours.begin(), factors.neighbours.end());
    const std::vector<bool> limited = factors.limited.empty() ? std::vector<bool>{true, false} : factors.limited;
    std::vector<Cell> all;
    for (const Cell& cell : cells)
        for (const bool limit : limited)
            for (const std::string& neighbour : neighbours) {
                Cell copy = cell;
                copy.limited = limit;
                copy.neighbour = neighbour;
                all.push_back(std::move(copy));
            }
    return all;
}

} // namespace

std::vector<Cell> cells_of(const Experiment& experiment) {
    const Factors& factors = experiment.factors;
    std::vector<Cell> cells = varied(std::vector<Cell>(1), experiment.workloads,
                                     [](Cell& cell, const std::string& workload) { cell.workload = workload; });
    cells = varied(cells, values_of(factors.cpus), [](Cell& cell, const auto& cpus) { cell.cpus = cpus; });
    cells = varied(cells, values_of(factors.memory), [](Cell& cell, const auto& memory) { cell.memory = memory; });
    cells = varied(cells, values_of(factors.cold),
                   [](Cell& cell, const std::optional<bool>& cold) { cell.cold = cold.value_or(false); });
    return experiment.method == Method::interference ? with_neighbours(cells, factors) : cells;
}

Fact condition_of(const Experiment& experiment, const Cell& cell) {
    const Factors& factors = experiment.factors;
    std::vector<Fact> parts;
    if (experiment.workloads.size() > 1)
        parts.emplace_back(cell.workload);
    if (factors.cpus.size() > 1 && cell.cpus)
        parts.push_back(Fact::said("condition.cpus", {count_fact(*cell.cpus)}));
    if (factors.memory.size() > 1 && cell.memory)
        parts.push_back(Fact::quantity(static_cast<double>(*cell.memory), "bytes"));
    if (factors.cold.size() > 1)
        parts.push_back(Fact::said(cell.cold ? "condition.cold" : "condition.warm"));
    if (experiment.method == Method::interference) {
        parts.push_back(cell.neighbour.empty() ? Fact::said("condition.alone")
                                               : Fact::said("condition.beside", {cell.neighbour}));
        parts.push_back(Fact::said(cell.limited ? "condition.limited" : "condition.unlimited"));
    }
    return join(std::move(parts));
}

bool is_chain(const Experiment& experiment) {
    constexpr std::ptrdiff_t least_steps = 2;
    const auto is_step = [](const std::string& world) { return world.find('+') != std::string::npos; };
    return std::ranges::count_if(experiment.worlds, is_step) >= least_steps;
}

std::vector<std::string> shown_figures(const Experiment& experiment) {
    if (!experiment.figures.empty())
        return experiment.figures;
    switch (experiment.method) {
    case Method::comparison:
        return {"ready"};
    case Method::deployment:
        return {"first.total", "second.total"};
    case Method::density:
        return {"held", "rate", "memory", "start"};
    case Method::interference:
        return {"work.*", "latency.*"};
    case Method::probe:
        return {"syscalls.works", "syscalls.refused", "capabilities", "sees.processes", "reached.*"};
    }
    return {};
}

std::string_view method_id(Method method) noexcept { return method_ids.at(static_cast<std::size_t>(method)); }

} // namespace isolab
