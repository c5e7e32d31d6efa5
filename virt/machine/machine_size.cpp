// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine/machine_size.h"

#include <algorithm>

#include "engine/base/host_facts.h"
#include "engine/base/size.h"

namespace isolab {
namespace {

constexpr std::uint64_t mebibyte = 1U << 20U;
constexpr std::uint64_t least_memory = 96 * mebibyte; ///< a distribution kernel panics below that

} // namespace

std::uint64_t machine_memory(const ResourceLimits& limits, std::uint64_t least) noexcept {
    return std::max(limits.memory_bytes / mebibyte * mebibyte, least);
}

Result<void> check_machine_size(const ResourceLimits& limits) {
    const std::string operation = "start a virtual machine with";
    const unsigned host_cpus = online_cpu_count();
    if (limits.cpus == 0)
        return fail(ErrorKind::invalid_argument, operation, "0 CPUs", "it needs at least one");
    if (limits.cpus > host_cpus)
        return fail(ErrorKind::invalid_argument, operation, std::to_string(limits.cpus) + " CPUs",
                    "this machine has " + std::to_string(host_cpus));
    if (limits.memory_bytes < least_memory)
        return fail(ErrorKind::invalid_argument, operation, mebibytes_text(limits.memory_bytes) + " of memory",
                    "its kernel alone needs " + mebibytes_text(least_memory), "Give it more memory");
    if (limits.memory_bytes > host_memory_bytes())
        return fail(ErrorKind::invalid_argument, operation, mebibytes_text(limits.memory_bytes) + " of memory",
                    "this machine has " + mebibytes_text(host_memory_bytes()));
    return {};
}

} // namespace isolab
