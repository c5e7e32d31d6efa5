// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/model/workload.h"

#include <fmt/format.h>

#include "engine/base/size.h"

namespace isolab {
namespace {

constexpr std::uint64_t smallest_memory = 64ULL << 20U;

tl::unexpected<Error> refuse(const Workload& workload, std::string cause) {
    return fail(ErrorKind::invalid_argument, "run workload", workload.id.empty() ? workload.image : workload.id,
                std::move(cause));
}

std::string mebibytes(std::uint64_t bytes) {
    return bytes % (1U << 20U) == 0 ? mebibytes_text(bytes) : fmt::format("{} bytes", bytes);
}

Result<void> check_limits(const Workload& workload, unsigned host_cpus, std::uint64_t host_memory) {
    const ResourceLimits& limits = workload.limits;
    if (limits.cpus < 1)
        return refuse(workload, fmt::format("0 CPUs: a workload needs at least 1; this host has {}", host_cpus));
    if (limits.cpus > host_cpus)
        return refuse(workload, fmt::format("{} CPUs: this host has {}; possible are 1 to {}", limits.cpus, host_cpus,
                                            host_cpus));
    if (limits.memory_bytes < smallest_memory)
        return refuse(workload,
                      fmt::format("{} of memory: a machine with its kernel needs at least {}; this host has {}",
                                  mebibytes(limits.memory_bytes), mebibytes(smallest_memory),
                                  mebibytes_text(host_memory)));
    if (limits.memory_bytes > host_memory)
        return refuse(workload, fmt::format("{} of memory: this host has {}; possible are {} to {}",
                                            mebibytes(limits.memory_bytes), mebibytes_text(host_memory),
                                            mebibytes_text(smallest_memory), mebibytes_text(host_memory)));
    return {};
}

Result<void> check_words(const Workload& workload) {
    if (!workload.command.empty() && workload.command.front().empty())
        return refuse(workload, "command: the name of the program is empty");
    const auto has_nul = [](const std::string& word) { return word.find('\0') != std::string::npos; };
    for (const std::string& word : workload.command)
        if (has_nul(word))
            return refuse(workload, "command: an argument contains a NUL byte, which no program can be given");
    for (const std::string& entry : workload.env) {
        if (has_nul(entry))
            return refuse(workload, "env: an entry contains a NUL byte, which no program can be given");
        if (entry.find('=') == std::string::npos || entry.front() == '=')
            return refuse(workload, fmt::format("env: \"{}\" is not NAME=value", entry));
    }
    if (workload.cwd && (workload.cwd->empty() || workload.cwd->front() != '/' || has_nul(*workload.cwd)))
        return refuse(workload, fmt::format("cwd: \"{}\" is not an absolute path", *workload.cwd));
    return {};
}

} // namespace

Result<void> validate_workload(const Workload& workload, unsigned host_cpus, std::uint64_t host_memory_bytes) {
    if (workload.image.empty())
        return refuse(workload, "image: it is empty; a workload needs the name or digest of an image");
    ISOLAB_TRY(check_limits(workload, host_cpus, host_memory_bytes));
    ISOLAB_TRY(check_words(workload));
    if (auto readiness = Readiness::parse(workload.readiness.text()); !readiness)
        return fail(readiness.error().within("run workload", workload.id));
    if (workload.deadline <= std::chrono::nanoseconds{0})
        return refuse(workload, "deadline: it must be longer than 0 s");
    if (workload.duration < std::chrono::nanoseconds{0})
        return refuse(workload, "duration: it must not be negative");
    if (workload.verify && workload.readiness.kind == Readiness::Kind::exit)
        return refuse(workload, "verify: a workload that runs to its end cannot be asked a question");
    if (workload.verify && workload.verify->port == 0)
        return refuse(workload, "verify.port: 0 is not a port; possible are 1 to 65535");
    return {};
}

} // namespace isolab
