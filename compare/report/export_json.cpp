// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/export_json.h"

#include <algorithm>
#include <set>

#include "compare/report/document_check.h"
#include "compare/report/experiment_json.h"
#include "compare/report/json_fields.h"
#include "compare/report/report.h"
#include "engine/base/json.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

constexpr std::size_t longest_id = 64;

/// Ids are printed and typed: letters, digits, dashes.
bool is_result_id(const std::string& id) {
    return !id.empty() && id.size() <= longest_id && id.front() != '-' && std::ranges::all_of(id, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json words_json(const ResultWords& words) { return {{"tags", words.tags}, {"note", text_or_null(words.note)}}; }

ResultWords read_words(const Json& json) {
    return {field<std::vector<std::string>>(json, "tags"), optional_field<std::string>(json, "note").value_or("")};
}

Json portable_json(const PortableResult& one) {
    Json json{{"id", id_of(one.result)}, {"origin", text_or_null(one.origin)}};
    json.update(words_json(one.words));
    if (!one.part_words.empty()) {
        Json parts = Json::object();
        for (const auto& [id, words] : one.part_words)
            parts[id] = words_json(words);
        json["parts"] = std::move(parts);
    }
    json["document"] = sealed(any_result_json(one.result));
    return json;
}

Result<AnyResult> parse_any(const Json& document, const std::string& subject) {
    ISOLAB_ASSIGN(const std::string schema, json_string(document, "schema", subject));
    if (!document.contains("sha256") || !document["sha256"].is_string())
        return fail(ErrorKind::corrupt, "read result", subject, "it does not name the SHA-256 of its content");
    const std::string name = schema.substr(0, schema.find('/') + 1);
    if (std::string_view(experiment_result_schema).starts_with(name) && !name.empty())
        return parse_experiment_result(document, subject).map([](ExperimentResult r) {
            return AnyResult(std::move(r));
        });
    if (std::string_view(suite_result_schema).starts_with(name) && !name.empty())
        return parse_suite_result(document, subject).map([](SuiteResult r) { return AnyResult(std::move(r)); });
    return parse_report(document, subject).map([](ComparisonResult r) { return AnyResult(std::move(r)); });
}

tl::unexpected<Error> misplaced(const std::string& id, std::string cause) {
    return fail(ErrorKind::corrupt, "read result", plain_text(id, longest_quote), std::move(cause));
}

Result<void> check_parts(const ExperimentResult& result) {
    for (std::size_t i = 0; i < result.cells.size(); ++i)
        if (const auto& part = result.cells[i].comparison; part && part->plan.part_of != PartOf{result.id, i})
            return misplaced(part->id, "it is in experiment " + result.id + " and does not belong there");
    return {};
}

Result<void> check_place(const AnyResult& result) {
    const std::string& id = id_of(result);
    if (const auto* one = std::get_if<ComparisonResult>(&result); one != nullptr && one->plan.part_of)
        return misplaced(id, "it belongs to an experiment that the file does not have");
    if (const auto* one = std::get_if<ExperimentResult>(&result)) {
        if (!one->part_of.empty())
            return misplaced(id, "it belongs to a suite that the file does not have");
        return check_parts(*one);
    }
    if (const auto* suite = std::get_if<SuiteResult>(&result))
        for (const ExperimentResult& part : suite->experiments) {
            if (part.part_of != suite->id)
                return misplaced(part.id, "it is in suite " + suite->id + " and does not belong there");
            ISOLAB_TRY(check_parts(part));
        }
    return {};
}

Result<void> check_ids(const std::vector<PortableResult>& results) {
    std::set<std::string> seen;
    for (const PortableResult& one : results) {
        std::vector<std::string> ids = part_ids(one.result);
        ids.push_back(id_of(one.result));
        for (const std::string& id : ids) {
            if (!is_result_id(id))
                return misplaced(id, "its id is none");
            if (!seen.insert(id).second)
                return misplaced(id, "the file has its id more than once");
        }
    }
    return {};
}

Result<PortableResult> parse_portable(const Json& json, const std::string& subject) {
    ISOLAB_ASSIGN(const std::string id, json_string(json, "id", subject));
    if (!json.contains("document"))
        return misplaced(id, "it has no document");
    ISOLAB_ASSIGN(AnyResult result, parse_any(json["document"], plain_text(id, longest_quote)));
    if (id_of(result) != id)
        return misplaced(id, "its document is of another result");
    ISOLAB_TRY(check_place(result));
    return read_guarded(subject, [&] {
        PortableResult one{
            std::move(result), optional_field<std::string>(json, "origin").value_or(""), read_words(json), {}};
        if (json.contains("parts"))
            for (const auto& [part, words] : json["parts"].items())
                one.part_words[part] = read_words(words);
        return one;
    });
}

void add_part_ids(const ExperimentResult& result, std::vector<std::string>& ids) {
    for (const CellResult& cell : result.cells)
        if (cell.comparison)
            ids.push_back(cell.comparison->id);
}

} // namespace

const std::string& id_of(const AnyResult& result) {
    return std::visit([](const auto& one) -> const std::string& { return one.id; }, result);
}

Json any_result_json(const AnyResult& result) {
    if (const auto* experiment = std::get_if<ExperimentResult>(&result))
        return experiment_result_json(*experiment);
    if (const auto* suite = std::get_if<SuiteResult>(&result))
        return suite_result_json(*suite);
    return report_json(std::get<ComparisonResult>(result));
}

std::vector<std::string> part_ids(const AnyResult& result) {
    std::vector<std::string> ids;
    if (const auto* experiment = std::get_if<ExperimentResult>(&result))
        add_part_ids(*experiment, ids);
    if (const auto* suite = std::get_if<SuiteResult>(&result))
        for (const ExperimentResult& part : suite->experiments) {
            ids.push_back(part.id);
            add_part_ids(part, ids);
        }
    return ids;
}

Json export_json(const std::vector<PortableResult>& results) {
    return {{"schema", export_schema}, {"results", json_list(results, portable_json)}};
}

Result<std::vector<PortableResult>> parse_export(const Json& document, const std::string& subject) {
    ISOLAB_TRY(check_document(document, export_schema, subject));
    if (!document.contains("results") || !document["results"].is_array())
        return fail(ErrorKind::corrupt, "read results", subject, "it has no list \"results\"");
    std::vector<PortableResult> results;
    for (const Json& json : document["results"]) {
        ISOLAB_ASSIGN(PortableResult one, parse_portable(json, subject));
        results.push_back(std::move(one));
    }
    ISOLAB_TRY(check_ids(results));
    return results;
}

} // namespace isolab
