// SPDX-License-Identifier: GPL-3.0-or-later
//
// `isolab history diff`: two results side by side, as text or JSON.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/history_commands.h"
#include "compare/model/format.h"
#include "compare/report/difference.h"
#include "compare/report/text_layout.h"
#include "engine/base/json.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

constexpr std::size_t longest_value = 48; ///< characters of a field's value
constexpr std::size_t name_width = 16, figure_width = 34;

struct DifferenceOptions {
    std::string a, b;
    std::string format = "table";
};

std::string field_lines(const char* title, const std::vector<FieldDifference>& fields) {
    std::string text;
    for (const FieldDifference& field : fields)
        text += fmt::format("  {}: {} -> {}\n", plain_text(field.field),
                            field.a.empty() ? "absent" : plain_text(field.a, longest_value),
                            field.b.empty() ? "absent" : plain_text(field.b, longest_value));
    return fields.empty() ? "" : std::string(title) + "\n" + text;
}

std::string estimate_text(const std::optional<Estimate>& estimate, const std::string& unit) {
    if (!estimate)
        return "-";
    std::string text = format_figure(estimate->value, unit);
    if (estimate->interval)
        text += " [" + format_interval(estimate->interval->low, estimate->interval->high, unit) + "]";
    return text;
}

std::string ratio_text(const FigureDifference& figure) {
    if (!figure.ratio)
        return figure.a && figure.b ? "not compared" : "-";
    const RatioSummary& ratio = *figure.ratio;
    return fmt::format("{} [{}] {}", format_ratio(ratio.ratio), format_ratio_interval(ratio.low, ratio.high),
                       ratio.distinguishable ? "distinguishable" : "not distinguishable");
}

std::string side_lines(const SideDifference& side) {
    std::string text = plain_text(side.side);
    if (!side.reason.empty())
        text += " is not comparable: " + plain_text(side.reason);
    text += "\n";
    for (const FigureDifference& figure : side.figures)
        text += "  " + padded(plain_text(figure.id), name_width) +
                padded(estimate_text(figure.a, figure.unit), figure_width) +
                padded(estimate_text(figure.b, figure.unit), figure_width) + ratio_text(figure) + "\n";
    return text;
}

std::string only_lines(const char* which, const std::vector<std::string>& subjects) {
    std::string text;
    for (const std::string& subject : subjects)
        text += fmt::format("Not in {}: {}\n", which, subject.empty() ? "its measurement" : plain_text(subject));
    return text;
}

} // namespace

std::string difference_text(const ResultDifference& difference) {
    std::string text;
    if (!difference.subject.empty())
        text += "\n== " + plain_text(difference.subject) + " ==\n";
    if (!difference.a.empty())
        text += fmt::format("A {}   B {}\n", difference.a, difference.b);
    text += field_lines("Plan", difference.plan) + field_lines("Environment", difference.environment) +
            field_lines("Load", difference.load);
    if (!difference.sides.empty())
        text += "  " + padded("", name_width) + padded("A", figure_width) + padded("B", figure_width) + "B over A\n";
    for (const SideDifference& side : difference.sides)
        text += side_lines(side);
    for (const ResultDifference& part : difference.parts)
        text += difference_text(part);
    return text + only_lines("B", difference.only_a) + only_lines("A", difference.only_b);
}

namespace {

Result<void> show_difference(const GlobalOptions& globals, const DifferenceOptions& options) {
    ISOLAB_ASSIGN(const auto history, open_history(globals));
    ISOLAB_ASSIGN(const AnyResult a, load_any(*history, options.a));
    ISOLAB_ASSIGN(const AnyResult b, load_any(*history, options.b));
    ISOLAB_ASSIGN(const ResultDifference difference, difference_of(a, b));
    if (options.format == "table")
        return write_result(difference_text(difference), {});
    return write_result(difference_json(difference).dump(2, ' ', false, Json::error_handler_t::replace) + "\n", {});
}

} // namespace

void add_history_difference_command(CommandParser group, GlobalOptions& globals, ExitCode& exit_code) {
    auto options = std::make_shared<DifferenceOptions>();
    const CommandParser sub = group.add_subcommand("diff", "How two of the same kind differ: plans, machines, figures");
    sub.add_option("a", options->a, "Id or the beginning of it").required().type_name("A");
    sub.add_option("b", options->b, "Id or the beginning of it; ratios are B over A").required().type_name("B");
    sub.add_option("--format", options->format, "table or json").one_of({"table", "json"}).capture_default_str();
    sub.callback([options, &globals, &exit_code] { exit_code = exit_code_of(show_difference(globals, *options)); });
}

} // namespace isolab
