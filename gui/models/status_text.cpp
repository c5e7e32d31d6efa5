// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/status_text.h"

#include "gui/models/library_sentences.h"
#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

QString text(const std::string& value) { return QString::fromStdString(value); }

} // namespace

std::vector<StatusFact> StatusText::facts(const SessionStatus& status) {
    const EngineFacts& engine = status.engine;
    std::vector<StatusFact> facts;
    if (status.hypervisor) {
        const HypervisorFacts& vm = *status.hypervisor;
        const bool kvm = vm.accelerator == Accelerator::kvm;
        facts.push_back({tr("processor of the machine"),
                         kvm ? tr("hardware virtualisation (KVM)") : tr("software emulation (TCG)"),
                         translated_sentences(vm.accelerator_reason), kvm ? Tone::ready : Tone::notice});
    } else if (status.hypervisor_error) {
        facts.push_back(
            {tr("virtual machines"), tr("not available"), Words::error(*status.hypervisor_error), Tone::failure});
    }
    facts.push_back({tr("control groups"), text(engine.cgroup_mode),
                     engine.limits_enforced ? tr("CPU and memory limits are enforced.")
                                            : translated_sentences(engine.limits_reason),
                     engine.limits_enforced ? Tone::neutral : Tone::notice});
    facts.push_back({tr("privileges"), engine.rootless ? tr("rootless") : tr("root"),
                     engine.rootless ? tr("Containers run in a user namespace.")
                                     : tr("Containers are made with the privileges of root."),
                     Tone::neutral});
    facts.push_back({tr("layers"), text(engine.snapshotter), {}, Tone::neutral});
    facts.push_back({tr("host kernel"), text(engine.kernel), {}, Tone::neutral});
    if (status.hypervisor) {
        const HypervisorFacts& vm = *status.hypervisor;
        facts.push_back({tr("guest kernel"), text(vm.kernel), text(vm.kernel_line), Tone::neutral});
        facts.push_back({tr("machine type"), text(vm.machine_type) + u" · "_s + text(vm.firmware),
                         vm.kind == MachineKind::lean ? tr("lean: the least that runs a workload")
                                                      : tr("standard: what a careful user of libvirt gets"),
                         Tone::neutral});
        facts.push_back({tr("hypervisor"),
                         u"QEMU %1 · libvirt %2"_s.arg(text(vm.qemu_version), text(vm.libvirt_version)), text(vm.uri),
                         Tone::neutral});
    }
    if (status.leftovers_error)
        facts.push_back({tr("left by an interrupted session"), tr("not removed"), Words::error(*status.leftovers_error),
                         Tone::notice});
    return facts;
}

std::vector<StatusFact> StatusText::warnings(const SessionStatus& status) {
    std::vector<StatusFact> warnings;
    if (!status.hypervisor && status.hypervisor_error)
        warnings.push_back({tr("Virtual machines are not available here"), tr("Only the container side can run."),
                            Words::error(*status.hypervisor_error), Tone::failure});
    if (status.hypervisor && status.hypervisor->accelerator == Accelerator::tcg)
        warnings.push_back({tr("Software emulation (TCG)"),
                            tr("The machine's processor is emulated, so every number of that side is much worse than "
                               "with hardware virtualisation."),
                            translated_sentences(status.hypervisor->accelerator_reason), Tone::notice});
    if (!status.engine.limits_enforced)
        warnings.push_back({tr("Limits are not enforced"),
                            tr("The container may use more memory and processors than the machine gets."),
                            translated_sentences(status.engine.limits_reason), Tone::notice});
    return warnings;
}

QString StatusText::line(const SessionStatus& status) {
    QStringList parts;
    if (status.hypervisor)
        parts << (status.hypervisor->accelerator == Accelerator::kvm ? u"KVM"_s : u"TCG"_s);
    else
        parts << tr("no virtual machines");
    parts << tr("cgroup %1").arg(text(status.engine.cgroup_mode));
    parts << (status.engine.rootless ? tr("rootless") : tr("root"));
    parts << text(status.engine.snapshotter);
    return parts.join(u" · "_s);
}

} // namespace isolab
