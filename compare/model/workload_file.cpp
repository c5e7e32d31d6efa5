// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "compare/model/workload.h"
#include "engine/base/json.h"
#include "engine/base/size.h"

namespace isolab {
namespace {

constexpr const char* workload_schema = "isolab.workload/1";
constexpr double longest_seconds = 86400;

tl::unexpected<Error> wrong_field(const std::string& subject, std::string_view field, std::string_view cause) {
    return fail(ErrorKind::corrupt, "read workload", subject, fmt::format("field \"{}\" {}", field, cause));
}

template <std::size_t N>
Result<void> check_fields(const Json& object, const std::array<std::string_view, N>& known,
                          const std::string& subject) {
    for (const auto& item : object.items())
        if (std::ranges::find(known, item.key()) == known.end())
            return wrong_field(subject, item.key(), "is not known");
    return {};
}

Result<std::chrono::nanoseconds> seconds_field(const Json& object, const char* key, double fallback, double least,
                                               const std::string& subject) {
    const auto found = object.find(key);
    if (found != object.end() && !found->is_number())
        return wrong_field(subject, key, "must be a number of seconds");
    const double seconds = found == object.end() ? fallback : found->get<double>();
    if (seconds < least || seconds > longest_seconds)
        return wrong_field(subject, key,
                           fmt::format("is {}; possible are {} to {} seconds", seconds, least, longest_seconds));
    return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

Result<std::uint16_t> port_field(const Json& object, const std::string& subject) {
    ISOLAB_ASSIGN(const auto port, json_optional_unsigned(object, "port", subject));
    if (!port || *port < 1 || *port > 65535)
        return wrong_field(subject, "verify.port", "must be a number from 1 to 65535");
    return static_cast<std::uint16_t>(*port);
}

Result<Exchange> parse_exchange(const Json& object, const std::string& subject) {
    Exchange exchange;
    ISOLAB_ASSIGN(exchange.port, port_field(object, subject));
    ISOLAB_ASSIGN(exchange.send, json_string(object, "send", subject));
    ISOLAB_ASSIGN(exchange.expect, json_string(object, "expect", subject));
    return exchange;
}

Result<std::optional<Exchange>> parse_verify(const Json& document, const std::string& subject) {
    const auto found = document.find("verify");
    if (found == document.end())
        return std::nullopt;
    if (!found->is_object())
        return wrong_field(subject, "verify", "must be an object");
    static constexpr std::array<std::string_view, 3> known{"port", "send", "expect"};
    ISOLAB_TRY(check_fields(*found, known, subject));
    return parse_exchange(*found, subject);
}

bool is_stage_id(const std::string& id) {
    return !id.empty() && id.size() <= 32 &&
           std::ranges::all_of(id, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Result<WorkloadStage> parse_stage(const Json& object, const std::string& subject) {
    if (!object.is_object())
        return wrong_field(subject, "stages", "must hold objects");
    static constexpr std::array<std::string_view, 6> known{"id", "port", "send", "expect", "settle_s", "deadline_s"};
    ISOLAB_TRY(check_fields(object, known, subject));
    WorkloadStage stage;
    ISOLAB_ASSIGN(stage.id, json_string(object, "id", subject));
    if (!is_stage_id(stage.id))
        return wrong_field(subject, "stages.id", "must be of small letters, digits and dashes");
    ISOLAB_ASSIGN(stage.ask, parse_exchange(object, subject));
    ISOLAB_ASSIGN(stage.settle, seconds_field(object, "settle_s", 0, 0, subject));
    ISOLAB_ASSIGN(stage.deadline, seconds_field(object, "deadline_s", 60, 0.001, subject));
    return stage;
}

Result<std::vector<WorkloadStage>> parse_stages(const Json& document, const std::string& subject) {
    std::vector<WorkloadStage> stages;
    const auto found = document.find("stages");
    if (found == document.end())
        return stages;
    if (!found->is_array())
        return wrong_field(subject, "stages", "must be a list");
    for (const Json& object : *found) {
        ISOLAB_ASSIGN(WorkloadStage stage, parse_stage(object, subject));
        if (std::ranges::find(stages, stage.id, &WorkloadStage::id) != stages.end())
            return wrong_field(subject, "stages.id", fmt::format("\"{}\" occurs twice", stage.id));
        stages.push_back(std::move(stage));
    }
    return stages;
}

Result<ResourceLimits> parse_limits(const Json& document, const std::string& subject) {
    ResourceLimits limits = Workload{}.limits;
    ISOLAB_ASSIGN(const auto cpus, json_optional_unsigned(document, "cpus", subject));
    if (cpus && (*cpus < 1 || *cpus > 4096))
        return wrong_field(subject, "cpus", fmt::format("is {}; possible are 1 to 4096", *cpus));
    limits.cpus = static_cast<unsigned>(cpus.value_or(limits.cpus));
    ISOLAB_ASSIGN(const auto memory, json_optional_string(document, "memory", subject));
    if (memory) {
        auto bytes = parse_size(*memory);
        if (!bytes)
            return fail(bytes.error().within("read field \"memory\" of workload", subject));
        limits.memory_bytes = *bytes;
    }
    return limits;
}

Result<void> check_document(const Json& document, const std::string& subject) {
    static constexpr std::array<std::string_view, 17> known{
        "schema", "id",     "title",     "summary",    "image",      "command", "env",    "cwd",   "user",
        "cpus",   "memory", "readiness", "deadline_s", "duration_s", "verify",  "hidden", "stages"};
    ISOLAB_ASSIGN(const std::string schema, json_string(document, "schema", subject));
    if (schema != workload_schema)
        return wrong_field(subject, "schema", fmt::format("is \"{}\", expected \"{}\"", schema, workload_schema));
    return check_fields(document, known, subject);
}

} // namespace

Result<Workload> parse_workload(const Json& document, const std::string& subject) {
    ISOLAB_TRY(check_document(document, subject));
    Workload workload;
    ISOLAB_ASSIGN(workload.id, json_string(document, "id", subject));
    ISOLAB_ASSIGN(workload.image, json_string(document, "image", subject));
    if (workload.id.empty() || workload.image.empty())
        return wrong_field(subject, workload.id.empty() ? "id" : "image", "is empty");
    ISOLAB_ASSIGN(const auto title, json_optional_string(document, "title", subject));
    ISOLAB_ASSIGN(const auto summary, json_optional_string(document, "summary", subject));
    workload.title = title.value_or(workload.id);
    workload.summary = summary.value_or("");
    ISOLAB_ASSIGN(workload.command, json_strings(document, "command", subject));
    ISOLAB_ASSIGN(workload.env, json_strings(document, "env", subject));
    ISOLAB_ASSIGN(workload.cwd, json_optional_string(document, "cwd", subject));
    ISOLAB_ASSIGN(workload.user, json_optional_string(document, "user", subject));
    ISOLAB_ASSIGN(workload.limits, parse_limits(document, subject));
    ISOLAB_ASSIGN(const auto readiness, json_optional_string(document, "readiness", subject));
    auto condition = Readiness::parse(readiness.value_or("exit"));
    if (!condition)
        return fail(condition.error().within("read field \"readiness\" of workload", subject));
    workload.readiness = std::move(*condition);
    ISOLAB_ASSIGN(workload.deadline, seconds_field(document, "deadline_s", 60, 0.001, subject));
    ISOLAB_ASSIGN(workload.duration, seconds_field(document, "duration_s", 1, 0, subject));
    ISOLAB_ASSIGN(workload.verify, parse_verify(document, subject));
    if (const auto hidden = document.find("hidden"); hidden != document.end()) {
        if (!hidden->is_boolean())
            return wrong_field(subject, "hidden", "must be true or false");
        workload.hidden = hidden->get<bool>();
    }
    ISOLAB_ASSIGN(workload.stages, parse_stages(document, subject));
    if (!workload.stages.empty() && workload.readiness.kind == Readiness::Kind::exit)
        return wrong_field(subject, "stages", "needs a service: a readiness other than \"exit\"");
    return workload;
}

Result<std::vector<Workload>> load_workloads(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::directory_iterator entry(folder, error);
    if (error)
        return fail_errno(error.value(), "read the workload catalogue", folder.string());
    std::vector<Workload> workloads;
    for (; entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
        if (entry->path().extension() != ".json")
            continue;
        ISOLAB_ASSIGN(const Json document, read_json_file(entry->path()));
        ISOLAB_ASSIGN(Workload workload, parse_workload(document, entry->path().string()));
        workloads.push_back(std::move(workload));
        if (error)
            return fail_errno(error.value(), "read the workload catalogue", folder.string());
    }
    std::ranges::sort(workloads, {}, &Workload::id);
    if (const auto twin = std::ranges::adjacent_find(workloads, {}, &Workload::id); twin != workloads.end())
        return fail(ErrorKind::corrupt, "read the workload catalogue", folder.string(),
                    "the id \"" + twin->id + "\" occurs twice");
    return workloads;
}

std::vector<Workload> listed_workloads(const std::vector<Workload>& workloads) {
    std::vector<Workload> listed;
    std::ranges::copy_if(workloads, std::back_inserter(listed), [](const Workload& one) { return !one.hidden; });
    return listed;
}

} // namespace isolab
