// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/stack.h"

#include <algorithm>

#include "compare/model/world.h"
#include "engine/base/json.h"
#include "gui/models/figure.h"
#include "gui/models/plain_text.h"
#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr qsizetype longest_command = 80;

std::optional<double> bytes_of(const SideView& side, std::initializer_list<std::string_view> ids) {
    std::optional<double> sum;
    for (const MemoryRow& row : side.memory_rows)
        if (row.in_headline && std::ranges::find(ids, row.id) != ids.end())
            sum = sum.value_or(0) + static_cast<double>(row.bytes);
    return sum;
}

QString bytes_text(const std::optional<double>& bytes) { return bytes ? bytes_figure(*bytes).text() : QString(); }

/// "6.1.0" of "6.1.0-56-cloud-amd64".
QString short_release(const QString& release) { return release.section(u'-', 0, 0); }

/// `sentence` and, where `identifier` is known, a second one made of `pattern` and it.
QString with(const QString& sentence, const QString& pattern, const QString& identifier) {
    return identifier.isEmpty() ? sentence : sentence + u' ' + pattern.arg(identifier);
}

QString contract_value(const ComparisonResult& result, const char* key, const std::string& world) {
    const auto entry = std::ranges::find(result.contract, key, &ContractEntry::key);
    if (entry == result.contract.end())
        return {};
    const auto value = entry->values.find(world);
    return value == entry->values.end() ? QString() : Words::fact(value->second);
}

bool is_native(const std::string& world) { return steps_of_world(world).base == "native"; }

QString hardware_text(const HostSize& host) {
    if (host.memory_bytes == 0)
        return StackWords::tr("%1 CPUs").arg(host.cpus);
    return StackWords::tr("%1 CPUs · %2")
        .arg(host.cpus)
        .arg(Figure{QString::number((static_cast<double>(host.memory_bytes) / 1e9), 'f', 0), u"GB"_s}.text());
}

/// As the environment record has it; empty when it has not.
QString recorded_hardware(const SharedJson& recorded) {
    if (!recorded)
        return {};
    const Json& environment = *recorded;
    const Json::json_pointer cpus("/cpu/count");
    const Json::json_pointer memory("/memory/total");
    if (!environment.contains(cpus) || !environment[cpus].is_number())
        return {};
    const bool known = environment.contains(memory) && environment[memory].is_number();
    return hardware_text({environment[cpus].get<unsigned>(), known ? environment[memory].get<std::uint64_t>() : 0});
}

/// Of a program that took part, as the environment record has it; empty when it has not.
QString recorded_version(const SharedJson& recorded, const char* program) {
    const Json::json_pointer place = Json::json_pointer("/versions") / program;
    if (!recorded || !recorded->contains(place) || !(*recorded)[place].is_string())
        return {};
    return QString::fromStdString((*recorded)[place].get<std::string>());
}

QString command_name(const Workload& workload) {
    return workload.command.empty() ? Words::known(workload.title)
                                    : QString::fromStdString(workload.command.front()).section(u'/', -1);
}

StackBox workload_box(const SideView& side, const StackFacts& facts) {
    const auto bytes = bytes_of(side, {"workload_anonymous", "shared_memory"});
    const QString what =
        boots_kernel(side.world)
            ? StackWords::tr("The workload's own memory, as the guest's kernel counts it (AnonPages and Shmem).")
            : StackWords::tr("The workload's own memory (Pss_Anon of its processes, and its shared memory).");
    return {StackLevel::workload,
            facts.workload.isEmpty() ? StackWords::tr("workload") : facts.workload,
            bytes_text(bytes),
            with(what, StackWords::tr("It runs %1."), shortened(facts.command, longest_command)),
            bytes,
            false,
            false};
}

StackBox files_box(const SideView& side, const StackFacts& facts) {
    const auto bytes = bytes_of(side, {"shared_files", "page_cache"});
    const QString what =
        boots_kernel(side.world)
            ? StackWords::tr("Files that the guest has read, cached in its own memory; a second machine caches them "
                             "again.")
            : StackWords::tr("Programs and libraries mapped from the image; containers of one image share these "
                             "pages.");
    return {StackLevel::image_files,
            StackWords::tr("files of the image"),
            bytes_text(bytes),
            with(what, StackWords::tr("The image is %1."), facts.image),
            bytes,
            false,
            false};
}

/// A layer that a world does without.
StackBox absent_box(StackLevel level, const QString& name, const QString& detail) {
    return {level, name, {}, detail, std::nullopt, false, true};
}

StackBox guest_kernel_box(const SideView& side, const StackFacts& facts) {
    if (!boots_kernel(side.world))
        return absent_box(StackLevel::guest_kernel, StackWords::tr("no kernel of its own"),
                          is_native(side.world)
                              ? StackWords::tr("The process calls the host's kernel directly. There is nothing to "
                                               "boot and nothing to pay.")
                              : StackWords::tr("A container calls the host's kernel directly. There is nothing to "
                                               "boot and nothing to pay."));
    const auto bytes = bytes_of(side, {"guest_kernel"});
    const QString release = facts.guest_kernel;
    return {StackLevel::guest_kernel,
            release.isEmpty() ? StackWords::tr("guest kernel")
                              : StackWords::tr("guest kernel %1").arg(short_release(release)),
            bytes_text(bytes),
            with(StackWords::tr("The machine boots its own kernel, and every machine pays for what it needs for "
                                "itself."),
                 StackWords::tr("Its release is %1."), release),
            bytes,
            false,
            false};
}

StackBox container_engine_box(const SideView& side, const StackFacts& facts) {
    const auto bytes = bytes_of(side, {"monitor", "code_cache"});
    const bool ours = steps_of_world(side.world).base == "container";
    const QString what =
        is_native(side.world)
            ? StackWords::tr("isolab-runtime watches a process of the host like any other, in the image's root folder: "
                             "it sees all other processes, networks and devices.")
        : ours ? StackWords::tr("isolab-runtime watches the container; namespaces, control group and filter live in "
                                "the kernel.")
               : StackWords::tr("%1 made the container and has ended; isolab-runtime watches it. Namespaces, control "
                                "group and filter live in the kernel.")
                     .arg(Words::world(side.world));
    return {StackLevel::engine,
            is_native(side.world) ? StackWords::tr("no isolation: monitor process")
            : ours                ? StackWords::tr("engine: monitor process")
                                  : StackWords::tr("%1: monitor process").arg(Words::world(side.world)),
            bytes_text(bytes),
            with(what, StackWords::tr("Its limits are kept by %1."), facts.limits),
            bytes,
            false,
            false};
}

StackBox engine_box(const SideView& side, const StackFacts& facts) {
    if (!boots_kernel(side.world))
        return container_engine_box(side, facts);
    const auto bytes = bytes_of(side, {"monitor", "code_cache"});
    const QString program = facts.qemu.isEmpty() ? u"QEMU"_s : u"QEMU "_s + facts.qemu;
    return {StackLevel::engine,
            StackWords::tr("%1, virtual hardware").arg(program),
            bytes_text(bytes),
            with(is_emulated(side.marks)
                     ? StackWords::tr("The program that plays the hardware; with software emulation it also keeps "
                                      "translated code.")
                     : StackWords::tr("The program that plays the hardware."),
                 StackWords::tr("The machine is of type %1."), facts.machine),
            bytes,
            false,
            false};
}

StackBox host_kernel_box(const SideView& side, const StackFacts& facts) {
    const auto bytes = bytes_of(side, {"kernel"});
    const QString what =
        boots_kernel(side.world)
            ? StackWords::tr("Runs the machine's process like any other; the guest does not see it.")
        : is_native(side.world)
            ? StackWords::tr("Serves the system calls of the process, as it does those of every other.")
            : StackWords::tr("Serves the container's system calls; memory that it keeps for the container is charged "
                             "to it.");
    return {StackLevel::host_kernel,
            facts.host_kernel.isEmpty() ? StackWords::tr("host kernel")
                                        : StackWords::tr("host kernel %1").arg(short_release(facts.host_kernel)),
            bytes ? StackWords::tr("shared · %1 charged").arg(bytes_figure(*bytes).text())
                  : StackWords::tr("shared with the host"),
            with(what, StackWords::tr("Its release is %1."), facts.host_kernel),
            bytes,
            true,
            false};
}

StackBox hardware_box(const StackFacts& facts) {
    return {StackLevel::hardware,
            StackWords::tr("hardware"),
            facts.hardware,
            with(StackWords::tr("The same machine under all worlds."), StackWords::tr("It has %1."), facts.hardware),
            std::nullopt,
            true,
            false};
}

} // namespace

Stack StackWords::make(const SideView& side, const StackFacts& facts) {
    return {workload_box(side, facts), files_box(side, facts),       guest_kernel_box(side, facts),
            engine_box(side, facts),   host_kernel_box(side, facts), hardware_box(facts)};
}

StackFacts StackWords::facts_of(const ComparisonResult& result, const std::string& world) {
    StackFacts facts;
    facts.workload = command_name(result.plan.workload);
    facts.command = contract_value(result, "command", world);
    facts.image = contract_value(result, "image", world);
    facts.hardware = recorded_hardware(result.environment);
    const auto on_host = std::ranges::find_if_not(result.plan.sides, boots_kernel);
    if (on_host != result.plan.sides.end())
        facts.host_kernel = contract_value(result, "kernel", *on_host);
    if (!boots_kernel(world)) {
        facts.limits = contract_value(result, "limits", world);
        return facts;
    }
    facts.guest_kernel = contract_value(result, "kernel", world);
    facts.qemu = recorded_version(result.environment, "qemu");
    facts.machine = contract_value(result, "machine", world);
    const QString firmware = contract_value(result, "firmware", world);
    if (!firmware.isEmpty())
        facts.machine = tr("%1, firmware %2").arg(facts.machine, firmware);
    return facts;
}

StackFacts StackWords::facts_here(const std::string& world, const Workload& workload, const SessionStatus* status,
                                  const HostSize& host) {
    StackFacts facts;
    facts.workload = command_name(workload);
    facts.image = QString::fromStdString(workload.image);
    facts.hardware = hardware_text(host);
    if (status == nullptr)
        return facts;
    facts.host_kernel = QString::fromStdString(status->engine.kernel);
    facts.limits =
        status->engine.limits_enforced ? u"cgroup "_s + QString::fromStdString(status->engine.cgroup_mode) : QString();
    if (!status->hypervisor)
        return facts;
    const HypervisorFacts& vm = *status->hypervisor;
    facts.qemu = QString::fromStdString(vm.qemu_version);
    if (world != "vm") // the hypervisor tells of that one
        return facts;
    facts.guest_kernel = QString::fromStdString(vm.kernel);
    facts.machine =
        tr("%1, firmware %2").arg(QString::fromStdString(vm.machine_type), QString::fromStdString(vm.firmware));
    return facts;
}

std::array<double, stack_level_count> stack_shares(const Stack& stack) {
    std::array<double, stack_level_count> shares{};
    double total = 0;
    for (const StackBox& box : stack)
        total += box.bytes.value_or(0);
    for (const StackBox& box : stack)
        shares[static_cast<std::size_t>(box.level)] = total > 0 ? box.bytes.value_or(0) / total : 0;
    return shares;
}

} // namespace isolab
