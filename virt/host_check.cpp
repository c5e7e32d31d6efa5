// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/host_check.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>
#include <x86intrin.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/unique_fd.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

bool cpu_has_virtualisation() {
    const auto text = read_file("/proc/cpuinfo");
    std::istringstream lines(text ? *text : std::string());
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("flags"))
            continue;
        line += ' ';
        return line.find(" vmx ") != std::string::npos || line.find(" svm ") != std::string::npos;
    }
    return false;
}

std::string boot_id() { return read_file("/proc/sys/kernel/random/boot_id", 256).value_or(""); }

bool works(const KvmFacts& facts) { return facts.probe && facts.probe->outcome == KvmProbe::Outcome::works; }

struct LastingOutcome {
    KvmProbe::Outcome outcome;
    const char* name;
};
/// The others may come from a busy moment and are asked again.
constexpr std::array lasting_outcomes{
    LastingOutcome{KvmProbe::Outcome::works, "works"},
    LastingOutcome{KvmProbe::Outcome::broken, "broken"},
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

} // namespace

KvmVerdict judge_kvm(const KvmFacts& facts) {
    if (!facts.cpu_flag)
        return {false, "the CPU shows neither vmx nor svm",
                "Switch virtualisation on in the firmware, or nested virtualisation on in the machine around this one"};
    if (!facts.module_loaded && !facts.device)
        return {false, "the kernel module kvm_intel or kvm_amd is not loaded", "Load it with modprobe"};
    if (!facts.device)
        return {false, "/dev/kvm does not exist", "Make the device visible here"};
    if (facts.open_error == EACCES || facts.open_error == EPERM)
        return {false, "this user may not open /dev/kvm", "Add the user to the group kvm and log in again"};
    if (facts.open_error != 0)
        return {false, std::string("/dev/kvm does not open: ") + strerrordesc_np(facts.open_error), {}};
    if (!facts.libvirt_offers)
        return {false, "libvirt does not offer KVM for this QEMU", "Install QEMU with KVM support"};
    if (works(facts))
        return {true, {}, {}};
    return {false, "KVM does not run guests properly: " + (facts.probe ? facts.probe->detail : "not tried"), {}};
}

KvmFacts look_at_kvm() {
    KvmFacts facts;
    facts.device = ::access("/dev/kvm", F_OK) == 0;
    const UniqueFd device(::open("/dev/kvm", O_RDWR | O_CLOEXEC));
    facts.open_error = device ? 0 : errno;
    facts.cpu_flag = cpu_has_virtualisation();
    facts.module_loaded = ::access("/sys/module/kvm_intel", F_OK) == 0 || ::access("/sys/module/kvm_amd", F_OK) == 0;
    return facts;
}

KvmVerdict check_kvm(KvmFacts facts, const fs::path& cache, const KvmCheck& how) {
    const bool worth_trying = facts.cpu_flag && facts.device && facts.open_error == 0 && facts.libvirt_offers;
    if (worth_trying && !facts.probe)
        facts.probe = probe_once(cache / "kvm.json", how);
    return judge_kvm(facts);
}

AcceleratorChoice choose_accelerator(const std::optional<Accelerator>& forced, const KvmVerdict& kvm) {
    if (forced == Accelerator::kvm || (!forced && kvm.usable))
        return {Accelerator::kvm, {}};
    if (forced)
        return {Accelerator::tcg, "software emulation was asked for"};
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
