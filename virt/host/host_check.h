// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "engine/base/error.h"
#include "virt/host/hypervisor_options.h"
#include "virt/host/kvm_facts.h"

namespace isolab {

struct KvmVerdict {
    bool usable = false;
    std::string reason; ///< the one cause, when not usable
    std::string remedy; ///< what to do; empty when nothing can be done
    std::string note;   ///< what to know about a usable one: that it is nested
};

/// Whether KVM can be relied on. Pure.
KvmVerdict judge_kvm(const KvmFacts& facts);

struct KvmCheck {
    bool remember = true; ///< false: nothing is written
    std::function<KvmProbe()> probe = [] { return probe_kvm(); };
};

/// Completes `facts` with the probe when the rest allows it, and judges. That the probe works, is broken or hangs is
/// kept in `cache`/kvm.json for the boot of the host it was found in, since it costs up to 1.5 s; an outcome that a
/// busy moment can bring about is not.
KvmVerdict check_kvm(KvmFacts facts, const std::filesystem::path& cache, const KvmCheck& how = {});

/// The accelerator to use, and why it is not KVM.
struct AcceleratorChoice {
    Accelerator accelerator = Accelerator::tcg;
    std::string reason; ///< empty with KVM
};
/// `look` is asked about KVM when none is forced, and only then: it may take long.
AcceleratorChoice choose_accelerator(const std::optional<Accelerator>& forced, const std::function<KvmVerdict()>& look);

/// Frequency of the host's time stamp counter in kHz, measured against CLOCK_MONOTONIC_RAW for about 20 ms.
std::uint64_t measure_tsc_khz();

} // namespace isolab
