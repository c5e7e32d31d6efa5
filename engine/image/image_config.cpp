// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/image_config.h"

#include <algorithm>

#include "engine/base/json.h"
#include "engine/image/manifest.h"

namespace isolab {
namespace {

Result<std::string> text_field(const Json& object, const char* key, const std::string& subject) {
    ISOLAB_ASSIGN(const auto value, json_optional_string(object, key, subject));
    return value.value_or("");
}

Result<std::vector<Digest>> parse_diff_ids(const Json& document, const std::string& subject) {
    const auto rootfs = document.find("rootfs");
    if (rootfs == document.end())
        return fail(ErrorKind::corrupt, "read", subject, "field \"rootfs\" is missing");
    ISOLAB_ASSIGN(const std::string type, json_string(*rootfs, "type", subject));
    if (type != "layers")
        return fail(ErrorKind::unsupported, "use", subject, "its rootfs type \"" + type + "\" is not \"layers\"");
    ISOLAB_ASSIGN(const auto texts, json_strings(*rootfs, "diff_ids", subject));
    std::vector<Digest> diff_ids;
    for (const std::string& text : texts) {
        ISOLAB_ASSIGN(Digest digest, Digest::parse(text));
        diff_ids.push_back(std::move(digest));
    }
    return diff_ids;
}

/// The keys of an object whose values say nothing.
Result<std::vector<std::string>> parse_keys(const Json& object, const char* key, const std::string& subject) {
    std::vector<std::string> keys;
    const auto found = object.find(key);
    if (found == object.end() || found->is_null())
        return keys;
    if (!found->is_object())
        return fail(ErrorKind::corrupt, "read", subject, "field \"" + std::string(key) + "\" is no object");
    for (const auto& [name, nothing] : found->items())
        keys.push_back(name);
    return keys;
}

Result<std::map<std::string, std::string>> parse_labels(const Json& object, const std::string& subject) {
    std::map<std::string, std::string> labels;
    const auto found = object.find("Labels");
    if (found == object.end() || found->is_null())
        return labels;
    for (const auto& [name, value] : found->items()) {
        if (!value.is_string())
            return fail(ErrorKind::corrupt, "read", subject, "label \"" + name + "\" is no text");
        labels[name] = value.get<std::string>();
    }
    return labels;
}

Result<std::chrono::nanoseconds> parse_nanoseconds(const Json& object, const char* key, const std::string& subject) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null())
        return std::chrono::nanoseconds(0);
    if (!found->is_number_integer() || found->get<std::int64_t>() < 0)
        return fail(ErrorKind::corrupt, "read", subject, "field \"" + std::string(key) + "\" is no duration");
    return std::chrono::nanoseconds(found->get<std::int64_t>());
}

Result<std::optional<ImageHealthCheck>> parse_health_check(const Json& object, const std::string& subject) {
    const auto found = object.find("Healthcheck");
    if (found == object.end() || found->is_null())
        return std::nullopt;
    ImageHealthCheck check;
    ISOLAB_ASSIGN(check.test, json_strings(*found, "Test", subject));
    ISOLAB_ASSIGN(check.interval, parse_nanoseconds(*found, "Interval", subject));
    ISOLAB_ASSIGN(check.timeout, parse_nanoseconds(*found, "Timeout", subject));
    ISOLAB_ASSIGN(check.start_period, parse_nanoseconds(*found, "StartPeriod", subject));
    ISOLAB_ASSIGN(check.start_interval, parse_nanoseconds(*found, "StartInterval", subject));
    ISOLAB_ASSIGN(const std::chrono::nanoseconds retries, parse_nanoseconds(*found, "Retries", subject));
    check.retries = static_cast<unsigned>(std::min<std::int64_t>(retries.count(), 1000));
    return check;
}

Result<void> parse_process(const Json& process, const std::string& subject, ImageConfig& config) {
    ISOLAB_ASSIGN(config.env, json_strings(process, "Env", subject));
    ISOLAB_ASSIGN(config.entrypoint, json_strings(process, "Entrypoint", subject));
    ISOLAB_ASSIGN(config.command, json_strings(process, "Cmd", subject));
    ISOLAB_ASSIGN(config.working_directory, text_field(process, "WorkingDir", subject));
    ISOLAB_ASSIGN(config.user, text_field(process, "User", subject));
    ISOLAB_ASSIGN(config.stop_signal, text_field(process, "StopSignal", subject));
    ISOLAB_ASSIGN(config.volumes, parse_keys(process, "Volumes", subject));
    ISOLAB_ASSIGN(config.exposed_ports, parse_keys(process, "ExposedPorts", subject));
    ISOLAB_ASSIGN(config.labels, parse_labels(process, subject));
    ISOLAB_ASSIGN(config.shell, json_strings(process, "Shell", subject));
    ISOLAB_ASSIGN(config.health_check, parse_health_check(process, subject));
    return {};
}

} // namespace

Result<ImageConfig> parse_image_config(std::string_view text, const std::string& subject) {
    ISOLAB_ASSIGN(const Json document, parse_json(text, subject));
    ImageConfig config;
    ISOLAB_ASSIGN(config.architecture, text_field(document, "architecture", subject));
    ISOLAB_ASSIGN(config.os, text_field(document, "os", subject));
    if (!runs_here({config.os, config.architecture})) {
        const Platform host = host_platform();
        return fail(ErrorKind::unsupported, "use", subject,
                    "the image is for " + config.os + "/" + config.architecture + ", this machine is " + host.os + "/" +
                        host.architecture,
                    "Use an image for this machine");
    }
    ISOLAB_ASSIGN(config.diff_ids, parse_diff_ids(document, subject));
    const auto process = document.find("config");
    if (process != document.end() && !process->is_null())
        ISOLAB_TRY(parse_process(*process, subject, config));
    return config;
}

std::string render_plain_config(const Digest& diff_id) {
    const Platform host = host_platform();
    const Json process{{"Env", Json::array({"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"})},
                       {"Cmd", Json::array({"/bin/sh"})}};
    return Json{{"architecture", host.architecture},
                {"os", host.os},
                {"config", process},
                {"rootfs", Json{{"type", "layers"}, {"diff_ids", Json::array({diff_id.text()})}}}}
        .dump();
}

} // namespace isolab
