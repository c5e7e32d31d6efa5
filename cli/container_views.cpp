// SPDX-License-Identifier: GPL-3.0-or-later
//
// Verbs that show: ls inspect port.
#include <algorithm>

#include <fmt/format.h>

#include "cli/container_commands.h"
#include "cli/container_values.h"
#include "cli/interrupt.h"
#include "cli/output_template.h"
#include "engine/base/json.h"
#include "engine/base/text.h"
#include "engine/base/utc_time.h"
#include "engine/containers/container_document.h"

namespace isolab {
namespace {

/// "3 minutes": how long something takes, roughly.
std::string rough_duration(Nanoseconds duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    const auto counted = [](long count, const char* unit) {
        return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
    };
    if (seconds < 1)
        return "Less than a second";
    if (seconds < 120)
        return counted(seconds, "second");
    if (seconds < 120 * 60)
        return counted(seconds / 60, "minute");
    if (seconds < 48 * 3600)
        return counted(seconds / 3600, "hour");
    return counted(seconds / 86400, "day");
}

std::string since(const std::string& time) {
    const auto then = parse_utc_text(time);
    return then ? rough_duration(realtime_now() - *then) : "unknown time";
}

std::string status_of(const ContainerInfo& container) {
    const SupervisionReport& report = container.report;
    std::string health;
    if (report.health)
        health = fmt::format(" ({}{})", report.health->status == "starting" ? "health: " : "", report.health->status);
    switch (container.phase) {
    case ContainerPhase::created:
        return "Created";
    case ContainerPhase::running:
        return "Up " + since(report.started) + health;
    case ContainerPhase::paused:
        return "Up " + since(report.started) + " (Paused)";
    case ContainerPhase::restarting:
        return fmt::format("Restarting ({}) {} ago", report.exit_code, since(report.ended));
    case ContainerPhase::exited:
        return fmt::format("Exited ({}) {} ago", report.exit_code, since(report.ended));
    }
    return {};
}

std::string command_of(const ContainerSettings& settings) {
    std::string text;
    for (const std::string& word : settings.process.args)
        text += (text.empty() ? "" : " ") + word;
    return plain_text(text);
}

Json row_of(const ContainerInfo& container) {
    const ContainerSettings& settings = container.settings;
    std::string labels;
    for (const auto& [key, value] : settings.labels)
        labels += (labels.empty() ? "" : ",") + key + "=" + value;
    return {{"ID", settings.id},
            {"Image", settings.image_name},
            {"Command", command_of(settings)},
            {"CreatedAt", settings.created},
            {"RunningFor", since(settings.created) + " ago"},
            {"State", container_phase_id(container.phase)},
            {"Status", status_of(container)},
            {"Ports", ports_text(container)},
            {"Names", settings.name},
            {"Labels", labels}};
}

struct ListOptions {
    bool all = false;
    bool quiet = false;
    bool whole = false;
    bool size = false;
    std::int64_t last = 0;
    std::vector<std::string> filters;
    std::string format;
};

Result<bool> passes(const ContainerInfo& container, const std::string& filter) {
    const auto [key, value] = split_pair(filter);
    const ContainerSettings& settings = container.settings;
    if (key == "status")
        return value == container_phase_id(container.phase);
    if (key == "name")
        return settings.name.find(value) != std::string::npos;
    if (key == "id")
        return settings.id.starts_with(value);
    if (key == "ancestor")
        return settings.image_name == value || settings.image_name == value + ":latest" ||
               settings.image_digest.find(value) != std::string::npos;
    if (key == "exited")
        return container.phase == ContainerPhase::exited && std::to_string(container.report.exit_code) == value;
    if (key == "health")
        return container.report.health && container.report.health->status == value;
    if (key == "label") {
        const auto [name, wanted] = split_pair(value);
        const auto found = settings.labels.find(name);
        return found != settings.labels.end() && (value.find('=') == std::string::npos || found->second == wanted);
    }
    return fail(ErrorKind::invalid_argument, "use filter", filter, "it is not known",
                "There are status, name, id, ancestor, exited, health and label");
}

/// Several values of one key are alternatives; several keys must all hold.
Result<bool> passes_all(const ContainerInfo& container, const std::vector<std::string>& filters) {
    std::map<std::string, bool> by_key;
    for (const std::string& filter : filters) {
        ISOLAB_ASSIGN(const bool passed, passes(container, filter));
        by_key[split_pair(filter).first] |= passed;
    }
    return std::ranges::all_of(by_key, [](const auto& one) { return one.second; });
}

std::string cut(const std::string& text, std::size_t width, bool whole) {
    return whole ? text : plain_text(text, width);
}

Result<void> list_containers(const GlobalOptions& globals, const ListOptions& options) {
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
    const Interrupt interrupt;
    ISOLAB_ASSIGN(const std::vector<ContainerInfo> all, open.containers.list(interrupt.token()));
    std::vector<std::vector<std::string>> rows{
        {"CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"}};
    if (options.size)
        rows.front().emplace_back("SIZE");
    std::vector<Json> documents;
    std::string text;
    std::int64_t shown = 0;
    const bool by_status = std::ranges::any_of(
        options.filters, [](const auto& one) { return one.starts_with("status=") || one.starts_with("exited="); });
    for (const ContainerInfo& container : all) {
        ISOLAB_ASSIGN(const bool passed, passes_all(container, options.filters));
        const bool counted = options.all || by_status || options.last > 0 || container.is_up();
        if (!passed || !counted || (options.last > 0 && shown >= options.last))
            continue;
        ++shown;
        const ContainerSettings& settings = container.settings;
        if (!options.format.empty())
            documents.push_back(row_of(container));
        else if (options.quiet)
            text += (options.whole ? settings.id : settings.short_id()) + "\n";
        else {
            rows.push_back({options.whole ? settings.id : settings.short_id(), settings.image_name,
                            cut(command_of(settings), 24, options.whole), since(settings.created) + " ago",
                            status_of(container), ports_text(container), settings.name});
            if (options.size) {
                ISOLAB_ASSIGN(const SnapshotDisk disk, open.containers.disk(container));
                rows.back().push_back(fmt::format("{} kB (virtual {} kB)", disk.unique / 1000, disk.logical / 1000));
            }
        }
    }
    if (!options.format.empty()) {
        ISOLAB_ASSIGN(text, format_documents(options.format, documents));
    } else if (!options.quiet) {
        text = align_columns(rows);
    }
    return write_result(text, {});
}

Result<void> inspect_containers(const GlobalOptions& globals, const std::vector<std::string>& references,
                                const std::string& format) {
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
    Json documents = Json::array();
    for (const std::string& reference : references) {
        ISOLAB_ASSIGN(const ContainerInfo container, open.containers.inspect(reference));
        documents.push_back(container_document(container));
    }
    if (format.empty() || format == "json")
        return write_result(documents.dump(4) + "\n", {});
    ISOLAB_ASSIGN(const std::string text, format_documents(format, {documents.begin(), documents.end()}));
    return write_result(text, {});
}

Result<void> show_ports(const GlobalOptions& globals, const std::string& reference) {
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(const ContainerInfo container, open.containers.inspect(reference));
    std::string text;
    if (container.network)
        for (const PortForward& port : container.network->ports)
            text += fmt::format("{}/{} -> {}:{}\n", port.container_port, transport_id(port.transport),
                                port.host_address ? port.host_address->text() : "0.0.0.0", port.host_port);
    return write_result(text, {});
}

} // namespace

void add_list_verb(const VerbPlace& place, const std::string& name) {
    auto options = std::make_shared<ListOptions>();
    const CommandParser verb = place.group.add_subcommand(name, "List containers");
    verb.add_flag("-a,--all", options->all, "Also those that do not run");
    verb.add_flag("-q,--quiet", options->quiet, "Ids only");
    verb.add_flag("--no-trunc", options->whole, "Cut nothing short");
    verb.add_flag("-s,--size", options->size, "With what they occupy on the disk");
    verb.add_option("-n,--last", options->last, "The newest so many, running or not").type_name("N");
    verb.add_option("-f,--filter", options->filters, "status=, name=, id=, ancestor=, exited=, health=, label=")
        .type_name("KEY=VALUE")
        .allow_extra_args(false);
    verb.add_option("--format", options->format, "json, or fields as {{.Names}}, after \"table\" in columns")
        .type_name("FORM");
    place.on_run(verb, [options, &globals = place.globals] { return list_containers(globals, *options); });
}

void add_view_verbs(const VerbPlace& place) {
    struct Inspected {
        std::vector<std::string> references;
        std::string format;
    };
    auto inspected = std::make_shared<Inspected>();
    const CommandParser verb = place.group.add_subcommand("inspect", "Show all that is known of containers, as JSON");
    verb.add_option("container", inspected->references, "Names or ids").required().type_name("CONTAINER");
    verb.add_option("-f,--format", inspected->format, "Fields as {{.State.Status}}").type_name("FORM");
    place.on_run(verb, [inspected, &globals = place.globals] {
        return inspect_containers(globals, inspected->references, inspected->format);
    });

    auto reference = std::make_shared<std::string>();
    const CommandParser port = place.group.add_subcommand("port", "Show a container's published ports");
    port.add_option("container", *reference, "Name or id").required().type_name("CONTAINER");
    place.on_run(port, [reference, &globals = place.globals] { return show_ports(globals, *reference); });
}

} // namespace isolab
