// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/security/capabilities.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace isolab {
namespace {

constexpr std::array<std::string_view, 41> names{"CHOWN",
                                                 "DAC_OVERRIDE",
                                                 "DAC_READ_SEARCH",
                                                 "FOWNER",
                                                 "FSETID",
                                                 "KILL",
                                                 "SETGID",
                                                 "SETUID",
                                                 "SETPCAP",
                                                 "LINUX_IMMUTABLE",
                                                 "NET_BIND_SERVICE",
                                                 "NET_BROADCAST",
                                                 "NET_ADMIN",
                                                 "NET_RAW",
                                                 "IPC_LOCK",
                                                 "IPC_OWNER",
                                                 "SYS_MODULE",
                                                 "SYS_RAWIO",
                                                 "SYS_CHROOT",
                                                 "SYS_PTRACE",
                                                 "SYS_PACCT",
                                                 "SYS_ADMIN",
                                                 "SYS_BOOT",
                                                 "SYS_NICE",
                                                 "SYS_RESOURCE",
                                                 "SYS_TIME",
                                                 "SYS_TTY_CONFIG",
                                                 "MKNOD",
                                                 "LEASE",
                                                 "AUDIT_WRITE",
                                                 "AUDIT_CONTROL",
                                                 "SETFCAP",
                                                 "MAC_OVERRIDE",
                                                 "MAC_ADMIN",
                                                 "SYSLOG",
                                                 "WAKE_ALARM",
                                                 "BLOCK_SUSPEND",
                                                 "AUDIT_READ",
                                                 "PERFMON",
                                                 "BPF",
                                                 "CHECKPOINT_RESTORE"};

constexpr CapabilityMask bit(unsigned number) { return CapabilityMask{1} << number; }

/// The three sets of capget(2) and capset(2), each in two halves.
using CapabilityData = std::array<__user_cap_data_struct, 2>;

Result<CapabilityData> read_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    CapabilityData data{};
    if (::syscall(SYS_capget, &header, data.data()) != 0)
        return fail_errno(errno, "read capabilities");
    return data;
}

Result<void> write_capabilities(const CapabilityData& data) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    if (::syscall(SYS_capset, &header, data.data()) != 0)
        return fail_errno(errno, "set capabilities");
    return {};
}

} // namespace

std::optional<unsigned> capability_number(std::string_view name) {
    std::string upper(name);
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (upper.starts_with("CAP_"))
        upper.erase(0, 4);
    const auto* found = std::ranges::find(names, upper);
    if (found == names.end())
        return std::nullopt;
    return static_cast<unsigned>(found - names.begin());
}

std::string capability_name(unsigned number) {
    return "CAP_" + (number < names.size() ? std::string(names[number]) : std::to_string(number));
}

const std::vector<std::string>& default_capabilities() {
    static const std::vector<std::string> set{
        "CAP_CHOWN",      "CAP_DAC_OVERRIDE", "CAP_FOWNER",      "CAP_FSETID",           "CAP_KILL",
        "CAP_SETGID",     "CAP_SETUID",       "CAP_SETPCAP",     "CAP_NET_BIND_SERVICE", "CAP_NET_RAW",
        "CAP_SYS_CHROOT", "CAP_MKNOD",        "CAP_AUDIT_WRITE", "CAP_SETFCAP"};
    return set;
}

CapabilityMask capability_mask(const std::vector<std::string>& asked, std::vector<std::string>& unknown) {
    CapabilityMask mask = 0;
    for (const std::string& name : asked) {
        if (const auto number = capability_number(name))
            mask |= bit(*number);
        else
            unknown.push_back(name);
    }
    return mask;
}

std::vector<std::string> capability_names(CapabilityMask mask) {
    std::vector<std::string> result;
    for (unsigned number = 0; number < 64; ++number)
        if ((mask & bit(number)) != 0)
            result.push_back(capability_name(number));
    return result;
}

CapabilityMask bounding_capabilities() {
    CapabilityMask mask = 0;
    for (unsigned number = 0; number < 64; ++number) {
        const int present = ::prctl(PR_CAPBSET_READ, number, 0, 0, 0);
        if (present < 0)
            break; // the first number that this kernel does not know
        if (present > 0)
            mask |= bit(number);
    }
    return mask;
}

bool is_permitted(unsigned number) {
    const auto data = read_capabilities();
    return data && (data->at(number / 32).permitted & 1U << number % 32) != 0;
}

Result<void> raise_capability(unsigned number) {
    ISOLAB_ASSIGN(CapabilityData data, read_capabilities());
    data.at(number / 32).effective |= 1U << number % 32;
    return write_capabilities(data);
}

Result<void> limit_bounding_capabilities(CapabilityMask keep) {
    for (unsigned number = 0; number < 64; ++number) {
        if ((keep & bit(number)) != 0)
            continue;
        if (::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) {
            if (errno == EINVAL)
                return {};
            return fail_errno(errno, "drop capability", capability_name(number));
        }
    }
    return {};
}

Result<void> apply_capabilities(CapabilityMask effective, CapabilityMask permitted, CapabilityMask inheritable,
                                CapabilityMask ambient) {
    CapabilityData data{};
    for (std::size_t half = 0; half < 2; ++half) {
        data[half].effective = static_cast<std::uint32_t>((effective & permitted) >> (32 * half));
        data[half].permitted = static_cast<std::uint32_t>(permitted >> (32 * half));
        data[half].inheritable = static_cast<std::uint32_t>(inheritable >> (32 * half));
    }
    ISOLAB_TRY(write_capabilities(data));
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    const CapabilityMask raised = ambient & permitted & inheritable;
    for (unsigned number = 0; number < 64; ++number)
        if ((raised & bit(number)) != 0 && ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) != 0)
            return fail_errno(errno, "raise ambient capability", capability_name(number));
    return {};
}

} // namespace isolab
