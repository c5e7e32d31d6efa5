// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/host/host_check.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include <unistd.h>
#include <x86intrin.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

std::string boot_id() { return read_file("/proc/sys/kernel/random/boot_id", 256).value_or(""); }

bool probe_works(const KvmFacts& facts) { return facts.probe && facts.probe->outcome == KvmProbe::Outcome::works; }

struct LastingOutcome {
    KvmProbe::Outcome outcome;
    const char* name;
};
/// The others may come from a busy moment and are asked again.
constexpr std::array lasting_outcomes{
    LastingOutcome{KvmProbe::Outcome::works, "works"},
    LastingOutcome{KvmProbe::Outcome::broken, "broken"},
    LastingOutcome{KvmProbe::Outcome::hangs, "hangs"},
};

std::optional<KvmProbe> remembered(const fs::path& file) {
    const auto json = read_json_file(file);
    if (!json)
        return std::nullopt;
    const auto boot = json_string(*json, "boot", file.string());
    const auto outcome = json_string(*json, "outcome", file.string());
    const auto detail = json_string(*json, "detail", file.string());
    if (!boot || !outcome || !detail || *boot != boot_id())
        return std::nullopt;
    for (const LastingOutcome& lasting : lasting_outcomes)
        if (*outcome == lasting.name)
            return KvmProbe{lasting.outcome, *detail};
    return std::nullopt;
}

void remember(const fs::path& file, const KvmProbe& probe) {
    const auto lasting = std::ranges::find(lasting_outcomes, probe.outcome, &LastingOutcome::outcome);
    if (lasting == lasting_outcomes.end())
        return;
    const Json json{{"boot", boot_id()}, {"outcome", lasting->name}, {"detail", probe.detail}};
    // Without a cache the next process asks again; that is all.
    if (make_directories(file.parent_path())) [[maybe_unused]]
        const auto ignored = write_file_atomically(file, json.dump());
}

KvmProbe probe_once(const fs::path& file, const KvmCheck& how) {
    if (auto known = remembered(file))
        return *known;
    KvmProbe probe = how.probe();
    if (how.remember)
        remember(file, probe);
    return probe;
}

std::string with_product(const std::string& what, const KvmFacts& facts) {
    return facts.product.empty() ? what : what + " (" + facts.product + ")";
}

std::optional<KvmVerdict> judge_surroundings(const KvmFacts& facts) {
    if (facts.architecture != "x86_64")
        return KvmVerdict{false, "this machine's CPU is " + facts.architecture + ", and guests are x86_64", {}, {}};
    if (facts.surroundings == Surroundings::gvisor)
        return KvmVerdict{
            false, "this program runs on gVisor, which shows no KVM", "Run Isolab outside of that sandbox", {}};
    return std::nullopt;
}

/// How those who make machines call the switch in the machine around this one.
std::string nested_switch(const std::string& product) {
    struct Switch {
        std::string_view product;
        const char* name;
    };
    static constexpr std::array switches{
        Switch{"QEMU", ": nested=1 of its module kvm_intel or kvm_amd, and the CPU model host-passthrough"},
        Switch{"KVM", ": nested=1 of its module kvm_intel or kvm_amd, and the CPU model host-passthrough"},
        Switch{"VMware", ": \"Virtualize Intel VT-x/EPT or AMD-V/RVI\" in its settings"},
        Switch{"VirtualBox", ": \"Nested VT-x/AMD-V\" in its settings"},
        Switch{"Microsoft", ": Set-VMProcessor -ExposeVirtualizationExtensions $true"},
        Switch{"Xen", ": nestedhvm=1 in its configuration"},
    };
    for (const Switch& one : switches)
        if (product.find(one.product) != std::string::npos)
            return one.name;
    return {};
}

std::optional<KvmVerdict> judge_cpu(const KvmFacts& facts) {
    if (facts.cpu_flag || is_paravirtual(facts))
        return std::nullopt;
    if (facts.surroundings == Surroundings::wsl)
        return KvmVerdict{false,
                          "WSL shows a CPU with neither vmx nor svm",
                          "Set nestedVirtualization=true in .wslconfig, and restart WSL",
                          {}};
    if (facts.virtual_machine)
        return KvmVerdict{false,
                          with_product("the CPU of this virtual machine", facts) + " shows neither vmx nor svm",
                          "Switch nested virtualisation on in the machine around this one" +
                              nested_switch(facts.product),
                          {}};
    const char* name = facts.vendor == CpuVendor::intel ? "Intel Virtualization Technology (VT-x)"
                       : facts.vendor == CpuVendor::amd ? "SVM Mode (AMD-V)"
                                                        : "virtualisation";
    return KvmVerdict{false,
                      "the CPU shows neither vmx nor svm: it is switched off in the firmware, or it has neither",
                      std::string("Switch ") + name + " on in the firmware's setup",
                      {}};
}

std::optional<KvmVerdict> judge_module(const KvmFacts& facts) {
    if (facts.module_loaded || facts.device)
        return std::nullopt;
    const std::string name = facts.vendor == CpuVendor::amd ? "kvm_amd" : "kvm_intel";
    if (facts.surroundings == Surroundings::container)
        return KvmVerdict{
            false, "the host's kernel module " + name + " is not loaded", "Load it on the host: modprobe " + name, {}};
    if (!facts.module_installed)
        return KvmVerdict{false,
                          "the kernel " + facts.kernel + " has no module " + name,
                          "Start a kernel that has KVM, such as the distribution's usual one",
                          {}};
    return KvmVerdict{false, "the kernel module " + name + " is not loaded", "Load it: modprobe " + name, {}};
}

/// Root needs no group: what keeps it away are rules of devices, or a security module.
KvmVerdict judge_refusal_to_root(const KvmFacts& facts) {
    if (facts.surroundings == Surroundings::container)
        return {false,
                "root of this container may not open /dev/kvm",
                "Allow the device when the container is started: --device /dev/kvm",
                {}};
    return {false,
            "/dev/kvm does not open even for root: the device rules of its control group, a security module or a user "
            "namespace forbid it",
            "Start Isolab outside of that service or sandbox, or allow it there: DeviceAllow=/dev/kvm rw",
            {}};
}

KvmVerdict judge_refusal(const KvmFacts& facts) {
    if (facts.superuser)
        return judge_refusal_to_root(facts);
    KvmVerdict verdict{false, "this user may not open /dev/kvm", {}, {}};
    if (facts.device_group.empty()) {
        verdict.remedy = facts.surroundings == Surroundings::container
                             ? "Allow the device when the container is started: --device /dev/kvm"
                             : "Give /dev/kvm to a group that the user is in: chgrp kvm /dev/kvm; chmod 660 /dev/kvm";
        return verdict;
    }
    verdict.reason += ", which is the group " + facts.device_group + "'s";
    verdict.remedy = facts.in_group ? "The user is in that group since this session began: log in again"
                                    : "Add the user to it: usermod -aG " + facts.device_group + " USER; log in again";
    return verdict;
}

std::optional<KvmVerdict> judge_device(const KvmFacts& facts) {
    if (!facts.device && facts.surroundings == Surroundings::container)
        return KvmVerdict{false,
                          "/dev/kvm does not exist in this container",
                          "Show it when the container is started: --device /dev/kvm",
                          {}};
    if (!facts.device)
        return KvmVerdict{false,
                          "/dev/kvm does not exist, though the module is loaded",
                          "Make it: mknod -m 660 /dev/kvm c 10 232",
                          {}};
    if (facts.open_error == EACCES || facts.open_error == EPERM)
        return judge_refusal(facts);
    if (facts.open_error != 0)
        return KvmVerdict{false,
                          std::string("/dev/kvm does not open: ") + strerrordesc_np(facts.open_error),
                          "See what the kernel says: dmesg",
                          {}};
    return std::nullopt;
}

/// What is wrong with a KVM that opens, in the words for its kind.
std::string symptom_of(const std::optional<KvmProbe>& probe) {
    if (!probe)
        return "it was not tried";
    switch (probe->outcome) {
    case KvmProbe::Outcome::broken:
        return "it opens and makes machines, but gives up on their instructions: " + probe->detail;
    case KvmProbe::Outcome::no_answer:
    case KvmProbe::Outcome::hangs:
        return "it opens and makes machines, but they hang: " + probe->detail;
    case KvmProbe::Outcome::slow:
        return "it opens and makes machines, but emulates them slowly: " + probe->detail;
    default:
        return "it opens, but makes no machine: " + probe->detail;
    }
}

KvmVerdict judge_bad_guest(const KvmFacts& facts) {
    const std::string symptom = symptom_of(facts.probe);
    if (is_paravirtual(facts))
        return {false,
                with_product("the KVM of this virtual machine", facts) +
                    " is a paravirtual one, without the CPU's help, and does not run guests properly: " + symptom,
                "Use a real machine, or a virtual one whose CPU shows vmx or svm",
                {}};
    if (facts.virtual_machine)
        return {false,
                with_product("the nested KVM of this virtual machine", facts) +
                    " does not run guests properly: " + symptom,
                "Use a real machine, or a virtual one whose nested virtualisation works",
                {}};
    return {false, "KVM does not run guests properly: " + symptom, "See what the kernel says: dmesg", {}};
}

KvmVerdict judge_probe(const KvmFacts& facts) {
    const bool busy = facts.probe && facts.probe->outcome == KvmProbe::Outcome::refused && facts.probe->error == EBUSY;
    if (busy && !facts.rival.empty())
        return {false,
                "another hypervisor, of the module " + facts.rival + ", has the CPU's virtualisation",
                "End its machines, or unload it: rmmod " + facts.rival,
                {}};
    if (busy)
        return {false, "another hypervisor has the CPU's virtualisation", "End its machines", {}};
    if (!probe_works(facts))
        return judge_bad_guest(facts);
    const char* kind =
        is_paravirtual(facts) ? "paravirtual, nested in a virtual machine" : "nested in a virtual machine";
    const bool nested = facts.virtual_machine || is_paravirtual(facts);
    return {true, {}, {}, nested ? with_product(kind, facts) : std::string()};
}

} // namespace

KvmVerdict judge_kvm(const KvmFacts& facts) {
    for (const auto judge : {judge_surroundings, judge_cpu, judge_module, judge_device})
        if (auto verdict = judge(facts))
            return *verdict;
    if (!facts.libvirt_offers)
        return {false, "libvirt does not offer KVM for this QEMU", "Install QEMU with KVM support", {}};
    return judge_probe(facts);
}

KvmVerdict check_kvm(KvmFacts facts, const fs::path& cache, const KvmCheck& how) {
    const bool worth_trying =
        facts.device && facts.open_error == 0 && facts.libvirt_offers; // also without the CPU's flag: paravirtual
    if (worth_trying && !facts.probe)
        facts.probe = probe_once(cache / "kvm.json", how);
    return judge_kvm(facts);
}

AcceleratorChoice choose_accelerator(const std::optional<Accelerator>& forced,
                                     const std::function<KvmVerdict()>& look) {
    if (forced)
        return {*forced, *forced == Accelerator::kvm ? "" : "software emulation was asked for"};
    const KvmVerdict kvm = look();
    if (kvm.usable)
        return {Accelerator::kvm, {}};
    return {Accelerator::tcg, kvm.reason + (kvm.remedy.empty() ? "" : ". " + kvm.remedy)};
}

std::uint64_t measure_tsc_khz() {
    const auto raw_ns = [] {
        timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC_RAW, &now);
        return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
    };
    constexpr timespec pause{0, 20'000'000};
    const std::uint64_t begun = raw_ns();
    const std::uint64_t ticks = __rdtsc();
    ::nanosleep(&pause, nullptr);
    const std::uint64_t ticks_passed = __rdtsc() - ticks;
    return ticks_passed * 1'000'000U / (raw_ns() - begun);
}

} // namespace isolab
