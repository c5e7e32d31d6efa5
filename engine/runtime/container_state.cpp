// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/container_state.h"

#include <array>
#include <limits>

#include "engine/base/json.h"

namespace isolab {
namespace {

constexpr std::array<std::string_view, 5> status_ids{"creating", "created", "running", "paused", "stopped"};

Result<std::map<std::string, std::string>> annotations_of(const Json& document, const std::string& subject) {
    std::map<std::string, std::string> annotations;
    const auto list = document.find("annotations");
    if (list == document.end())
        return annotations;
    for (const auto& [key, value] : list->items()) {
        if (!value.is_string())
            return fail(ErrorKind::corrupt, "read container state", subject, "annotation \"" + key + "\" is not text");
        annotations.emplace(key, value.get<std::string>());
    }
    return annotations;
}

} // namespace

std::string_view container_status_id(ContainerStatus status) noexcept {
    return status_ids[static_cast<std::size_t>(status)];
}

Json record_to_json(const ContainerRecord& record) {
    Json document{{"id", record.id},
                  {"bundle", record.bundle},
                  {"rootfs", record.root_path},
                  {"controlGroup", record.control_group},
                  {"scope", record.scope},
                  {"pid", static_cast<std::uint64_t>(record.pid)},
                  {"startTime", record.start_time},
                  {"created", record.created},
                  {"owner", record.owner},
                  {"lateHooks", record.late_hooks},
                  {"annotations", record.annotations}};
    if (record.covered_mount)
        document["coveredMount"] = *record.covered_mount;
    return document;
}

Result<ContainerRecord> record_from_json(const Json& document, const std::string& subject) {
    ContainerRecord record;
    ISOLAB_ASSIGN(record.id, json_string(document, "id", subject));
    ISOLAB_ASSIGN(record.bundle, json_string(document, "bundle", subject));
    ISOLAB_ASSIGN(record.root_path, json_string(document, "rootfs", subject));
    ISOLAB_ASSIGN(record.control_group, json_string(document, "controlGroup", subject));
    ISOLAB_ASSIGN(const auto scope, json_optional_string(document, "scope", subject));
    record.scope = scope.value_or("");
    ISOLAB_ASSIGN(record.created, json_string(document, "created", subject));
    ISOLAB_ASSIGN(const auto pid, json_optional_unsigned(document, "pid", subject));
    ISOLAB_ASSIGN(const auto start_time, json_optional_unsigned(document, "startTime", subject));
    ISOLAB_ASSIGN(const auto owner, json_optional_unsigned(document, "owner", subject));
    if (!pid || !start_time || *pid > static_cast<std::uint64_t>(std::numeric_limits<pid_t>::max()))
        return fail(ErrorKind::corrupt, "read container state", subject, "its process is not told");
    record.pid = static_cast<pid_t>(*pid);
    record.start_time = *start_time;
    record.owner = static_cast<uid_t>(owner.value_or(0));
    ISOLAB_ASSIGN(record.covered_mount, json_optional_unsigned(document, "coveredMount", subject));
    record.late_hooks = document.value("lateHooks", Json(false)) == Json(true);
    ISOLAB_ASSIGN(record.annotations, annotations_of(document, subject));
    return record;
}

Json state_document(const ContainerRecord& record, ContainerStatus status) {
    const bool alive = status != ContainerStatus::stopped;
    Json document{{"ociVersion", "1.0.2"},         {"id", record.id},
                  {"pid", alive ? record.pid : 0}, {"status", container_status_id(status)},
                  {"bundle", record.bundle},       {"rootfs", record.root_path},
                  {"created", record.created},     {"owner", record.owner}};
    if (!record.annotations.empty())
        document["annotations"] = record.annotations;
    return document;
}

} // namespace isolab
