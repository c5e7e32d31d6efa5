// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine/machine_size.h"

#include <unistd.h>

namespace isolab {
namespace {

constexpr std::uint64_t mebibyte = 1U << 20U;
constexpr std::uint64_t least_memory = 96 * mebibyte; ///< a distribution kernel panics below that

std::string in_mebibytes(std::uint64_t bytes) { return std::to_string(bytes / mebibyte) + " MiB"; }

std::uint64_t host_memory() {
    return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace

std::uint64_t machine_memory(const ResourceLimits& limits) noexcept {
    return limits.memory_bytes / mebibyte * mebibyte;
}

Result<void> check_machine_size(const ResourceLimits& limits) {
    const std::string operation = "start a virtual machine with";
    const auto host_cpus = static_cast<unsigned>(::sysconf(_SC_NPROCESSORS_ONLN));
    if (limits.cpus == 0)
        return fail(ErrorKind::invalid_argument, operation, "0 CPUs", "it needs at least one");
    if (limits.cpus > host_cpus)
        return fail(ErrorKind::invalid_argument, operation, std::to_string(limits.cpus) + " CPUs",
                    "this machine has " + std::to_string(host_cpus));
    if (limits.memory_bytes < least_memory)
        return fail(ErrorKind::invalid_argument, operation, in_mebibytes(limits.memory_bytes) + " of memory",
                    "its kernel alone needs " + in_mebibytes(least_memory), "Give it more memory");
    if (limits.memory_bytes > host_memory())
        return fail(ErrorKind::invalid_argument, operation, in_mebibytes(limits.memory_bytes) + " of memory",
                    "this machine has " + in_mebibytes(host_memory()));
    return {};
}

} // namespace isolab
