// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/process_attributes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/launcher/setup/mounts.h"

namespace isolab::launcher {
namespace {

/// struct sched_attr of sched_setattr(2), which no C library of ours declares and whose kernel header clashes with it.
struct SchedulerAttributes {
    std::uint32_t size = sizeof(SchedulerAttributes);
    std::uint32_t policy = 0;
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime = 0;
    std::uint64_t deadline = 0;
    std::uint64_t period = 0;
};

// Values of ioprio_set(2), Documentation/block/ioprio.rst. <linux/ioprio.h> is not used: some releases of it declare a
// function with a parameter named `class`, which no C++ compiler reads.
constexpr unsigned io_class_shift = 13;
constexpr int io_who_process = 1;

struct NamedValue {
    std::string_view name;
    unsigned value;
};

constexpr std::array policies{
    NamedValue{"SCHED_OTHER", SCHED_NORMAL},
    NamedValue{"SCHED_FIFO", SCHED_FIFO},
    NamedValue{"SCHED_RR", SCHED_RR},
    NamedValue{"SCHED_BATCH", SCHED_BATCH},
    NamedValue{"SCHED_ISO", 4},
    NamedValue{"SCHED_IDLE", SCHED_IDLE},
    NamedValue{"SCHED_DEADLINE", SCHED_DEADLINE},
};
constexpr std::array scheduler_flags{
    NamedValue{"SCHED_FLAG_RESET_ON_FORK", SCHED_FLAG_RESET_ON_FORK},
    NamedValue{"SCHED_FLAG_RECLAIM", SCHED_FLAG_RECLAIM},
    NamedValue{"SCHED_FLAG_DL_OVERRUN", SCHED_FLAG_DL_OVERRUN},
    NamedValue{"SCHED_FLAG_KEEP_POLICY", SCHED_FLAG_KEEP_POLICY},
    NamedValue{"SCHED_FLAG_KEEP_PARAMS", SCHED_FLAG_KEEP_PARAMS},
    NamedValue{"SCHED_FLAG_UTIL_CLAMP_MIN", SCHED_FLAG_UTIL_CLAMP_MIN},
    NamedValue{"SCHED_FLAG_UTIL_CLAMP_MAX", SCHED_FLAG_UTIL_CLAMP_MAX},
};
constexpr std::array io_classes{
    NamedValue{"IOPRIO_CLASS_RT", 1},
    NamedValue{"IOPRIO_CLASS_BE", 2},
    NamedValue{"IOPRIO_CLASS_IDLE", 3},
};
constexpr std::array memory_modes{
    NamedValue{"MPOL_DEFAULT", MPOL_DEFAULT},  NamedValue{"MPOL_PREFERRED", MPOL_PREFERRED},
    NamedValue{"MPOL_BIND", MPOL_BIND},        NamedValue{"MPOL_INTERLEAVE", MPOL_INTERLEAVE},
    NamedValue{"MPOL_LOCAL", MPOL_LOCAL},      NamedValue{"MPOL_PREFERRED_MANY", 5},
    NamedValue{"MPOL_WEIGHTED_INTERLEAVE", 6},
};
constexpr std::array memory_flags{
    NamedValue{"MPOL_F_STATIC_NODES", MPOL_F_STATIC_NODES},
    NamedValue{"MPOL_F_RELATIVE_NODES", MPOL_F_RELATIVE_NODES},
    NamedValue{"MPOL_F_NUMA_BALANCING", MPOL_F_NUMA_BALANCING},
};

template <std::size_t size>
Result<unsigned> value_of(const std::array<NamedValue, size>& list, const std::string& name, const char* what) {
    const auto* known = std::ranges::find(list, name, &NamedValue::name);
    if (known == list.end())
        return fail(ErrorKind::invalid_argument, what, name, "it is not known");
    return known->value;
}

constexpr unsigned largest_number = 4095;
constexpr std::size_t word_bits = sizeof(unsigned long) * 8;
using BitMask = std::array<unsigned long, (largest_number + 1) / word_bits>;

Result<BitMask> mask_of(const std::string& list) {
    BitMask mask{};
    ISOLAB_ASSIGN(const auto numbers, parse_number_list(list));
    for (const unsigned number : numbers)
        mask.at(number / word_bits) |= 1UL << (number % word_bits);
    return mask;
}

bool is_enabled(const char* parameter) {
    const UniqueFd file(::open(parameter, O_RDONLY | O_CLOEXEC));
    char value = 'N';
    return file && ::read(file.get(), &value, 1) == 1 && (value == 'Y' || value == '1');
}

Result<void> write_label(const UniqueFd& proc, const char* path, const std::string& label) {
    const UniqueFd file(::openat(proc.get(), path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file || ::write(file.get(), label.data(), label.size()) != static_cast<ssize_t>(label.size()))
        return fail_errno(errno, "set security label", label);
    return {};
}

} // namespace

Result<std::vector<unsigned>> parse_number_list(const std::string& text) {
    std::vector<unsigned> numbers;
    const auto bad = [&text] {
        return fail(ErrorKind::invalid_argument, "use list of numbers", text, "it is not like \"0-3,7\"");
    };
    const char* at = text.data();
    const char* const end = at + text.size();
    const auto read_number = [&](unsigned& number) {
        const auto [next, error] = std::from_chars(at, end, number);
        at = next;
        return error == std::errc{} && number <= largest_number;
    };
    for (;;) {
        unsigned first = 0;
        if (!read_number(first))
            return bad();
        unsigned last = first;
        if (at != end && *at == '-' && (++at, !read_number(last) || last < first))
            return bad();
        for (unsigned number = first; number <= last; ++number)
            numbers.push_back(number);
        if (at == end)
            return numbers;
        if (*at++ != ',')
            return bad();
    }
}

Result<void> check_selinux_label(const std::string& label, const std::string& field) {
    if (!label.empty() && ::access("/sys/fs/selinux/enforce", F_OK) != 0)
        return fail(ErrorKind::unsupported, "use SELinux label", label, "SELinux is not enabled in this kernel",
                    "Remove " + field + " from config.json");
    return {};
}

Result<void> check_attributes(const RuntimeProcess& process) {
    if (!process.apparmor_profile.empty() && !is_enabled("/sys/module/apparmor/parameters/enabled"))
        return fail(ErrorKind::unsupported, "use AppArmor profile", process.apparmor_profile,
                    "AppArmor is not enabled in this kernel", "Remove process.apparmorProfile from config.json");
    return check_selinux_label(process.selinux_label, "process.selinuxLabel");
}

Result<void> set_oom_score(const RuntimeProcess& process) {
    if (!process.oom_score_adj)
        return {};
    const std::string value = std::to_string(*process.oom_score_adj);
    const UniqueFd file(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
    if (!file || ::write(file.get(), value.data(), value.size()) < 0)
        return fail_errno(errno, "set oom_score_adj to", value);
    return {};
}

Result<void> set_scheduling(const RuntimeProcess& process) {
    if (process.scheduler) {
        const SchedulerSettings& settings = *process.scheduler;
        SchedulerAttributes attributes;
        ISOLAB_ASSIGN(attributes.policy, value_of(policies, settings.policy, "use scheduling policy"));
        attributes.nice = settings.nice;
        attributes.priority = static_cast<std::uint32_t>(settings.priority);
        for (const std::string& name : settings.flags) {
            ISOLAB_ASSIGN(const unsigned flag, value_of(scheduler_flags, name, "use scheduler flag"));
            attributes.flags |= flag;
        }
        attributes.runtime = settings.runtime;
        attributes.deadline = settings.deadline;
        attributes.period = settings.period;
        if (::syscall(SYS_sched_setattr, 0, &attributes, 0) != 0)
            return fail_errno(errno, "set scheduling policy", settings.policy);
    }
    if (process.io_priority) {
        ISOLAB_ASSIGN(const unsigned io_class,
                      value_of(io_classes, process.io_priority->class_name, "use I/O priority class"));
        const auto level = static_cast<unsigned>(process.io_priority->priority);
        if (::syscall(SYS_ioprio_set, io_who_process, 0, (io_class << io_class_shift) | level) != 0)
            return fail_errno(errno, "set I/O priority", process.io_priority->class_name);
    }
    return {};
}

Result<void> set_affinity(pid_t pid, const std::string& cpus) {
    if (cpus.empty())
        return {};
    ISOLAB_ASSIGN(const BitMask mask, mask_of(cpus));
    if (::syscall(SYS_sched_setaffinity, pid, sizeof mask, mask.data()) < 0)
        return fail_errno(errno, "set CPU affinity to", cpus);
    return {};
}

Result<void> set_memory_policy(const std::optional<MemoryPolicy>& policy) {
    if (!policy)
        return {};
    ISOLAB_ASSIGN(unsigned mode, value_of(memory_modes, policy->mode, "use memory policy"));
    for (const std::string& name : policy->flags) {
        ISOLAB_ASSIGN(const unsigned flag, value_of(memory_flags, name, "use memory policy flag"));
        mode |= flag;
    }
    BitMask nodes{};
    if (!policy->nodes.empty()) {
        ISOLAB_ASSIGN(nodes, mask_of(policy->nodes));
    }
    const unsigned long* const mask = policy->nodes.empty() ? nullptr : nodes.data();
    // The kernel takes one bit less than it is told.
    if (::syscall(SYS_set_mempolicy, mode, mask, mask == nullptr ? 0 : largest_number + 2) != 0)
        return fail_errno(errno, "set memory policy", policy->mode + " " + policy->nodes);
    return {};
}

Result<void> set_personality(const std::optional<unsigned long>& personality) {
    if (personality && ::personality(*personality) < 0)
        return fail_errno(errno, "set personality");
    return {};
}

Result<void> set_security_labels(const RuntimeProcess& process) {
    if (process.apparmor_profile.empty() && process.selinux_label.empty())
        return {};
    ISOLAB_ASSIGN(const UniqueFd proc, new_file_system("proc", {}, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, "no place"));
    if (!process.apparmor_profile.empty())
        ISOLAB_TRY(write_label(proc, "thread-self/attr/apparmor/exec", "exec " + process.apparmor_profile));
    if (!process.selinux_label.empty())
        ISOLAB_TRY(write_label(proc, "thread-self/attr/exec", process.selinux_label));
    return {};
}

} // namespace isolab::launcher
