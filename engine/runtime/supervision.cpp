// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/supervision.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/json.h"
#include "engine/runtime/spec_fields.h"

namespace isolab {
namespace {

constexpr Nanoseconds first_delay = std::chrono::milliseconds(100);
constexpr Nanoseconds longest_delay = std::chrono::minutes(1);
constexpr Nanoseconds long_run = std::chrono::seconds(10);

template <class Value> struct Named {
    std::string_view name;
    Value value;
};
constexpr std::array restart_modes{
    Named{"no", RestartMode::never},
    Named{"on-failure", RestartMode::on_failure},
    Named{"always", RestartMode::always},
    Named{"unless-stopped", RestartMode::unless_stopped},
};
constexpr std::array phases{
    Named{"running", SupervisionPhase::running},
    Named{"restarting", SupervisionPhase::restarting},
    Named{"exited", SupervisionPhase::ended},
};

template <class Table, class Value> std::string name_in(const Table& table, Value value) {
    return std::string(std::ranges::find_if(table, [value](const auto& one) { return one.value == value; })->name);
}

Json health_to_json(const HealthReport& health) {
    Json probes = Json::array();
    for (const HealthProbe& probe : health.probes)
        probes.push_back(
            {{"start", probe.started}, {"end", probe.ended}, {"exitCode", probe.exit_code}, {"output", probe.output}});
    return {{"status", health.status}, {"failingStreak", health.failing_streak}, {"log", std::move(probes)}};
}

Result<HealthReport> health_from_json(const Json& document, const std::string& subject) {
    HealthReport health;
    ISOLAB_ASSIGN(health.status, spec::text_of(document, "status", subject));
    ISOLAB_ASSIGN(health.failing_streak, spec::id_of(document, "failingStreak", subject));
    ISOLAB_ASSIGN(const Json* probes, spec::list_of(document, "log", subject));
    for (const Json& one : probes != nullptr ? *probes : Json::array()) {
        HealthProbe probe;
        ISOLAB_ASSIGN(probe.started, spec::text_of(one, "start", subject));
        ISOLAB_ASSIGN(probe.ended, spec::text_of(one, "end", subject));
        ISOLAB_ASSIGN(const std::int64_t code, spec::signed_of(one, "exitCode", subject, -1, 255));
        probe.exit_code = static_cast<int>(code);
        ISOLAB_ASSIGN(probe.output, spec::text_of(one, "output", subject));
        health.probes.push_back(std::move(probe));
    }
    return health;
}

Result<HealthCheck> check_from_json(const Json& document, const std::string& subject) {
    HealthCheck check;
    ISOLAB_ASSIGN(check.command, spec::strings_of(document, "command", subject));
    ISOLAB_ASSIGN(const std::int64_t interval, spec::signed_of(document, "interval", subject, 1));
    ISOLAB_ASSIGN(const std::int64_t timeout, spec::signed_of(document, "timeout", subject, 1));
    ISOLAB_ASSIGN(const std::int64_t start_period, spec::signed_of(document, "startPeriod", subject, 0));
    if (const Json& start_interval = spec::member(document, "startInterval"); !start_interval.is_null()) {
        ISOLAB_ASSIGN(const std::int64_t count, spec::signed_of(document, "startInterval", subject, 1));
        check.start_interval = Nanoseconds(count);
    }
    ISOLAB_ASSIGN(check.retries, spec::id_of(document, "retries", subject));
    check.interval = Nanoseconds(interval);
    check.timeout = Nanoseconds(timeout);
    check.start_period = Nanoseconds(start_period);
    return check;
}

} // namespace

std::string restart_policy_text(const RestartPolicy& policy) {
    std::string text = name_in(restart_modes, policy.mode);
    if (policy.maximum_retries > 0)
        text += ":" + std::to_string(policy.maximum_retries);
    return text;
}

Result<RestartPolicy> parse_restart_policy(const std::string& text) {
    const auto colon = text.find(':');
    const std::string_view name = std::string_view(text).substr(0, colon);
    const auto* mode = std::ranges::find(restart_modes, name, &Named<RestartMode>::name);
    if (mode == restart_modes.end())
        return fail(ErrorKind::invalid_argument, "use restart policy", text, "it is not known",
                    "There are no, on-failure[:N], always and unless-stopped");
    RestartPolicy policy{mode->value, 0};
    if (colon == std::string::npos)
        return policy;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, policy.maximum_retries);
    if (policy.mode != RestartMode::on_failure || error != std::errc{} || stop != end)
        return fail(ErrorKind::invalid_argument, "use restart policy", text,
                    "a number of retries belongs to on-failure alone, as in on-failure:3");
    return policy;
}

bool is_restarted(const RestartPolicy& policy, int exit_code, unsigned restarts) noexcept {
    switch (policy.mode) {
    case RestartMode::never:
        return false;
    case RestartMode::on_failure:
        return exit_code != 0 && (policy.maximum_retries == 0 || restarts < policy.maximum_retries);
    case RestartMode::always:
    case RestartMode::unless_stopped:
        return true;
    }
    return false;
}

Nanoseconds restart_delay(Nanoseconds previous, Nanoseconds ran) noexcept {
    return previous == Nanoseconds{0} || ran > long_run ? first_delay : std::min(previous * 2, longest_delay);
}

Json order_to_json(const SupervisionOrder& order) {
    Json document{
        {"restart", restart_policy_text(order.restart)},
        {"log", {{"enabled", order.log.enabled}, {"largestFile", order.log.largest_file}, {"files", order.log.files}}},
        {"standardInput", order.standard_input},
        {"inputOnce", order.input_once},
        {"init", order.init},
        {"stopSignal", order.stop_signal},
        {"atEnd", order.at_end}};
    if (order.health)
        document["health"] = {{"command", order.health->command},
                              {"interval", order.health->interval.count()},
                              {"timeout", order.health->timeout.count()},
                              {"startPeriod", order.health->start_period.count()},
                              {"startInterval", order.health->start_interval.count()},
                              {"retries", order.health->retries}};
    if (order.names)
        document["names"] = {{"networkNamespace", order.names->network_namespace},
                             {"attachments", order.names->attachments},
                             {"servers", order.names->servers}};
    if (order.restore)
        document["restore"] = {{"images", order.restore->images},
                               {"criu", order.restore->criu},
                               {"tcpEstablished", order.restore->tcp_established},
                               {"externalUnixSockets", order.restore->external_unix_sockets},
                               {"fileLocks", order.restore->file_locks}};
    return document;
}

Result<SupervisionOrder> order_from_json(const Json& document, const std::string& subject) {
    SupervisionOrder order;
    ISOLAB_ASSIGN(const std::string restart, spec::text_of(document, "restart", subject));
    ISOLAB_ASSIGN(order.restart, parse_restart_policy(restart));
    const Json& log = spec::member(document, "log");
    ISOLAB_ASSIGN(order.log.enabled, spec::flag_of(log, "enabled", subject));
    ISOLAB_ASSIGN(order.log.largest_file, spec::unsigned_of(log, "largestFile", subject));
    ISOLAB_ASSIGN(order.log.files, spec::id_of(log, "files", subject));
    ISOLAB_ASSIGN(order.standard_input, spec::flag_of(document, "standardInput", subject));
    ISOLAB_ASSIGN(order.input_once, spec::flag_of(document, "inputOnce", subject));
    ISOLAB_ASSIGN(order.init, spec::flag_of(document, "init", subject));
    ISOLAB_ASSIGN(const std::int64_t stop_signal, spec::signed_of(document, "stopSignal", subject, 1, 64));
    order.stop_signal = static_cast<int>(stop_signal);
    ISOLAB_ASSIGN(order.at_end, spec::strings_of(document, "atEnd", subject));
    if (const Json& health = spec::member(document, "health"); spec::is_filled(health)) {
        ISOLAB_ASSIGN(order.health, check_from_json(health, subject));
    }
    if (const Json& names = spec::member(document, "names"); spec::is_filled(names)) {
        NameService service;
        ISOLAB_ASSIGN(service.network_namespace, spec::text_of(names, "networkNamespace", subject));
        ISOLAB_ASSIGN(service.attachments, spec::text_of(names, "attachments", subject));
        ISOLAB_ASSIGN(service.servers, spec::strings_of(names, "servers", subject));
        order.names = std::move(service);
    }
    if (const Json& restore = spec::member(document, "restore"); spec::is_filled(restore)) {
        RestoreOrder wanted;
        ISOLAB_ASSIGN(wanted.images, spec::text_of(restore, "images", subject));
        ISOLAB_ASSIGN(wanted.criu, spec::text_of(restore, "criu", subject));
        ISOLAB_ASSIGN(wanted.tcp_established, spec::flag_of(restore, "tcpEstablished", subject));
        ISOLAB_ASSIGN(wanted.external_unix_sockets, spec::flag_of(restore, "externalUnixSockets", subject));
        ISOLAB_ASSIGN(wanted.file_locks, spec::flag_of(restore, "fileLocks", subject));
        order.restore = std::move(wanted);
    }
    return order;
}

Json report_to_json(const SupervisionReport& report) {
    Json document{{"phase", name_in(phases, report.phase)},
                  {"supervisor", report.supervisor},
                  {"pid", report.process.pid},
                  {"startTime", report.process.start_time},
                  {"started", report.started},
                  {"ended", report.ended},
                  {"exitCode", report.exit_code},
                  {"signal", report.signal},
                  {"outOfMemory", report.out_of_memory},
                  {"error", report.error},
                  {"restarts", report.restarts},
                  {"stoppedByUser", report.stopped_by_user},
                  {"warnings", report.warnings}};
    if (report.health)
        document["health"] = health_to_json(*report.health);
    return document;
}

Result<SupervisionReport> report_from_json(const Json& document, const std::string& subject) {
    SupervisionReport report;
    ISOLAB_ASSIGN(const std::string phase, spec::text_of(document, "phase", subject));
    const auto* known = std::ranges::find(phases, phase, &Named<SupervisionPhase>::name);
    if (known == phases.end())
        return spec::bad(subject, "phase \"" + phase + "\" is not known");
    report.phase = known->value;
    constexpr std::int64_t most = std::numeric_limits<int>::max();
    const auto number = [&](const char* key, int& target) -> Result<void> {
        ISOLAB_ASSIGN(const std::int64_t value, spec::signed_of(document, key, subject, 0, most));
        target = static_cast<int>(value);
        return {};
    };
    ISOLAB_TRY(number("supervisor", report.supervisor));
    ISOLAB_TRY(number("pid", report.process.pid));
    ISOLAB_ASSIGN(const auto start_time, json_optional_unsigned(document, "startTime", subject));
    report.process.start_time = start_time.value_or(0);
    ISOLAB_TRY(number("exitCode", report.exit_code));
    ISOLAB_TRY(number("signal", report.signal));
    ISOLAB_ASSIGN(report.started, spec::text_of(document, "started", subject));
    ISOLAB_ASSIGN(report.ended, spec::text_of(document, "ended", subject));
    ISOLAB_ASSIGN(report.out_of_memory, spec::flag_of(document, "outOfMemory", subject));
    ISOLAB_ASSIGN(report.error, spec::text_of(document, "error", subject));
    ISOLAB_ASSIGN(report.restarts, spec::id_of(document, "restarts", subject));
    ISOLAB_ASSIGN(report.stopped_by_user, spec::flag_of(document, "stoppedByUser", subject));
    ISOLAB_ASSIGN(report.warnings, spec::strings_of(document, "warnings", subject));
    if (const Json& health = spec::member(document, "health"); spec::is_filled(health)) {
        ISOLAB_ASSIGN(report.health, health_from_json(health, subject));
    }
    return report;
}

} // namespace isolab
