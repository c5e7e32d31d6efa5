// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/process_json.h"

#include "engine/base/json.h"
#include "engine/runtime/spec_fields.h"

namespace isolab {
namespace {

using namespace spec;

Result<void> parse_user(const Json& user, RuntimeProcess& process, const std::string& subject) {
    if (!user.is_object())
        return {};
    ISOLAB_ASSIGN(process.uid, id_of(user, "uid", subject));
    ISOLAB_ASSIGN(process.gid, id_of(user, "gid", subject));
    ISOLAB_ASSIGN(process.additional_gids, ids_of(user, "additionalGids", subject));
    if (!member(user, "umask").is_null()) {
        ISOLAB_ASSIGN(process.umask, id_of(user, "umask", subject));
    }
    return {};
}

Result<std::optional<CapabilitySets>> parse_capabilities(const Json& document, const std::string& subject) {
    if (!document.is_object())
        return std::nullopt;
    CapabilitySets sets;
    ISOLAB_ASSIGN(sets.bounding, strings_of(document, "bounding", subject));
    ISOLAB_ASSIGN(sets.effective, strings_of(document, "effective", subject));
    ISOLAB_ASSIGN(sets.permitted, strings_of(document, "permitted", subject));
    ISOLAB_ASSIGN(sets.inheritable, strings_of(document, "inheritable", subject));
    ISOLAB_ASSIGN(sets.ambient, strings_of(document, "ambient", subject));
    return sets;
}

Result<std::vector<ResourceLimit>> parse_rlimits(const Json& process, const std::string& subject) {
    std::vector<ResourceLimit> limits;
    ISOLAB_ASSIGN(const Json* list, list_of(process, "rlimits", subject));
    for (const Json& entry : *list) {
        ResourceLimit limit;
        ISOLAB_ASSIGN(limit.type, json_string(entry, "type", subject));
        ISOLAB_ASSIGN(limit.soft, unsigned_of(entry, "soft", subject));
        ISOLAB_ASSIGN(limit.hard, unsigned_of(entry, "hard", subject));
        limits.push_back(std::move(limit));
    }
    return limits;
}

Result<std::optional<TerminalSize>> parse_console_size(const Json& size, const std::string& subject) {
    if (!is_filled(size))
        return std::nullopt;
    constexpr std::uint64_t most = std::numeric_limits<std::uint16_t>::max();
    ISOLAB_ASSIGN(const std::uint64_t rows, unsigned_of(size, "height", subject, most));
    ISOLAB_ASSIGN(const std::uint64_t columns, unsigned_of(size, "width", subject, most));
    return TerminalSize{static_cast<std::uint16_t>(rows), static_cast<std::uint16_t>(columns)};
}

Result<std::optional<SchedulerSettings>> parse_scheduler(const Json& document, const std::string& subject) {
    if (!is_filled(document))
        return std::nullopt;
    SchedulerSettings settings;
    ISOLAB_ASSIGN(settings.policy, json_string(document, "policy", subject));
    ISOLAB_ASSIGN(const std::int64_t nice, signed_of(document, "nice", subject, -20, 19));
    ISOLAB_ASSIGN(const std::int64_t priority, signed_of(document, "priority", subject, 0, 99));
    settings.nice = static_cast<std::int32_t>(nice);
    settings.priority = static_cast<std::int32_t>(priority);
    ISOLAB_ASSIGN(settings.flags, strings_of(document, "flags", subject));
    ISOLAB_ASSIGN(settings.runtime, unsigned_of(document, "runtime", subject));
    ISOLAB_ASSIGN(settings.deadline, unsigned_of(document, "deadline", subject));
    ISOLAB_ASSIGN(settings.period, unsigned_of(document, "period", subject));
    return settings;
}

Result<std::optional<IoPriority>> parse_io_priority(const Json& document, const std::string& subject) {
    if (!is_filled(document))
        return std::nullopt;
    IoPriority priority;
    ISOLAB_ASSIGN(priority.class_name, json_string(document, "class", subject));
    ISOLAB_ASSIGN(const std::int64_t level, signed_of(document, "priority", subject, 0, 7));
    priority.priority = static_cast<int>(level);
    return priority;
}

Result<void> parse_scheduling(const Json& document, RuntimeProcess& process, const std::string& subject) {
    ISOLAB_ASSIGN(process.scheduler, parse_scheduler(member(document, "scheduler"), subject));
    ISOLAB_ASSIGN(process.io_priority, parse_io_priority(member(document, "ioPriority"), subject));
    ISOLAB_ASSIGN(process.affinity.initial, text_of(member(document, "execCPUAffinity"), "initial", subject));
    ISOLAB_ASSIGN(process.affinity.final, text_of(member(document, "execCPUAffinity"), "final", subject));
    if (!member(document, "oomScoreAdj").is_null()) {
        ISOLAB_ASSIGN(const std::int64_t adjustment, signed_of(document, "oomScoreAdj", subject, -1000, 1000));
        process.oom_score_adj = static_cast<int>(adjustment);
    }
    return {};
}

Json scheduler_to_json(const SchedulerSettings& settings) {
    return {{"policy", settings.policy}, {"nice", settings.nice},       {"priority", settings.priority},
            {"flags", settings.flags},   {"runtime", settings.runtime}, {"deadline", settings.deadline},
            {"period", settings.period}};
}

Json user_to_json(const RuntimeProcess& process) {
    Json user{{"uid", process.uid}, {"gid", process.gid}};
    if (process.umask)
        user["umask"] = *process.umask;
    if (!process.additional_gids.empty())
        user["additionalGids"] = process.additional_gids;
    return user;
}

Json affinity_to_json(const CpuAffinity& affinity) {
    Json document = Json::object();
    if (!affinity.initial.empty())
        document["initial"] = affinity.initial;
    if (!affinity.final.empty())
        document["final"] = affinity.final;
    return document;
}

void add_attributes(const RuntimeProcess& process, Json& document) {
    if (process.scheduler)
        document["scheduler"] = scheduler_to_json(*process.scheduler);
    if (process.io_priority)
        document["ioPriority"] = {{"class", process.io_priority->class_name},
                                  {"priority", process.io_priority->priority}};
    if (Json affinity = affinity_to_json(process.affinity); !affinity.empty())
        document["execCPUAffinity"] = std::move(affinity);
    if (!process.apparmor_profile.empty())
        document["apparmorProfile"] = process.apparmor_profile;
    if (!process.selinux_label.empty())
        document["selinuxLabel"] = process.selinux_label;
}

} // namespace

Result<RuntimeProcess> parse_runtime_process(const Json& document, const std::string& subject) {
    if (!document.is_object())
        return bad(subject, "\"process\" is missing");
    RuntimeProcess process;
    ISOLAB_ASSIGN(process.args, strings_of(document, "args", subject));
    ISOLAB_ASSIGN(process.env, strings_of(document, "env", subject));
    ISOLAB_ASSIGN(process.cwd, json_string(document, "cwd", subject));
    if (process.args.empty() || process.args.front().empty())
        return bad(subject, "\"process.args\" names no command");
    if (!process.cwd.starts_with("/"))
        return bad(subject, "\"process.cwd\" is not an absolute path");
    ISOLAB_TRY(parse_user(member(document, "user"), process, subject));
    ISOLAB_ASSIGN(process.capabilities, parse_capabilities(member(document, "capabilities"), subject));
    ISOLAB_ASSIGN(process.rlimits, parse_rlimits(document, subject));
    ISOLAB_ASSIGN(process.terminal, flag_of(document, "terminal", subject));
    ISOLAB_ASSIGN(process.console_size, parse_console_size(member(document, "consoleSize"), subject));
    ISOLAB_ASSIGN(process.no_new_privileges, flag_of(document, "noNewPrivileges", subject));
    ISOLAB_ASSIGN(process.apparmor_profile, text_of(document, "apparmorProfile", subject));
    ISOLAB_ASSIGN(process.selinux_label, text_of(document, "selinuxLabel", subject));
    ISOLAB_TRY(parse_scheduling(document, process, subject));
    return process;
}

Json runtime_process_to_json(const RuntimeProcess& process) {
    Json document;
    document["terminal"] = process.terminal;
    if (process.console_size)
        document["consoleSize"] = {{"height", process.console_size->rows}, {"width", process.console_size->columns}};
    document["user"] = user_to_json(process);
    document["args"] = process.args;
    document["env"] = process.env;
    document["cwd"] = process.cwd;
    if (process.capabilities)
        document["capabilities"] = {{"bounding", process.capabilities->bounding},
                                    {"effective", process.capabilities->effective},
                                    {"permitted", process.capabilities->permitted},
                                    {"inheritable", process.capabilities->inheritable},
                                    {"ambient", process.capabilities->ambient}};
    for (const ResourceLimit& limit : process.rlimits)
        document["rlimits"].push_back({{"type", limit.type}, {"hard", limit.hard}, {"soft", limit.soft}});
    if (process.oom_score_adj)
        document["oomScoreAdj"] = *process.oom_score_adj;
    document["noNewPrivileges"] = process.no_new_privileges;
    add_attributes(process, document);
    return document;
}

} // namespace isolab
