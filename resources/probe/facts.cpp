// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include <net/if.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "resources/probe/files.h"
#include "resources/probe/parts.h"

namespace isolab::probe {

namespace {

constexpr std::size_t most_devices = 200;
constexpr std::size_t most_processes = 20;

/// By number, capabilities(7).
constexpr const char* capability_names[] = {
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
};

struct Limit {
    const char* name;
    decltype(RLIMIT_CPU) number;
};
constexpr Limit limits[] = {
    {"as", RLIMIT_AS},           {"core", RLIMIT_CORE},         {"cpu", RLIMIT_CPU},
    {"data", RLIMIT_DATA},       {"fsize", RLIMIT_FSIZE},       {"locks", RLIMIT_LOCKS},
    {"memlock", RLIMIT_MEMLOCK}, {"msgqueue", RLIMIT_MSGQUEUE}, {"nice", RLIMIT_NICE},
    {"nofile", RLIMIT_NOFILE},   {"nproc", RLIMIT_NPROC},       {"rss", RLIMIT_RSS},
    {"rtprio", RLIMIT_RTPRIO},   {"rttime", RLIMIT_RTTIME},     {"sigpending", RLIMIT_SIGPENDING},
    {"stack", RLIMIT_STACK},
};

std::string system_name() {
    utsname name{};
    ::uname(&name);
    return Object()
        .add_text("sysname", name.sysname)
        .add_text("nodename", name.nodename)
        .add_text("release", name.release)
        .add_text("version", name.version)
        .add_text("machine", name.machine)
        .text();
}

std::string processes() {
    std::vector<std::string> names;
    std::size_t count = 0;
    for (const std::string& entry : names_in("/proc", 1U << 20U)) {
        if (std::isdigit(static_cast<unsigned char>(entry[0])) == 0)
            continue;
        if (++count <= most_processes)
            names.push_back(read_line("/proc/" + entry + "/comm"));
    }
    return Object().add("count", std::to_string(count)).add("names", list(names)).text();
}

std::string interfaces() {
    std::vector<std::string> names;
    if (struct if_nameindex* all = ::if_nameindex()) {
        for (const struct if_nameindex* one = all; one->if_name != nullptr && names.size() < most_devices; ++one)
            names.emplace_back(one->if_name);
        ::if_freenameindex(all);
    }
    return list(names);
}

std::string mount_count() {
    std::size_t count = 0;
    for (const char c : read_file("/proc/self/mountinfo"))
        count += c == '\n' ? 1 : 0;
    return std::to_string(count);
}

/// The names of a mask of hexadecimal digits.
std::string capabilities(const std::string& mask) {
    const unsigned long long bits = std::strtoull(mask.c_str(), nullptr, 16);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < 64; ++i)
        if ((bits >> i & 1U) != 0)
            names.push_back(i < std::size(capability_names) ? capability_names[i] : std::to_string(i));
    return list(names);
}

std::string capability_sets(const std::string& status) {
    Object sets;
    for (const auto& [name, field] :
         {std::pair("effective", "CapEff"), std::pair("permitted", "CapPrm"), std::pair("inheritable", "CapInh"),
          std::pair("bounding", "CapBnd"), std::pair("ambient", "CapAmb")})
        sets.add(name, capabilities(field_of(status, field)));
    return sets.text();
}

std::string namespaces() {
    Object all;
    for (const std::string& name : names_in("/proc/self/ns", 32)) {
        std::array<char, 64> target{};
        const ssize_t length = ::readlink(("/proc/self/ns/" + name).c_str(), target.data(), target.size() - 1);
        const std::string text(target.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
        const std::size_t open = text.find('['); // "mnt:[4026531841]"
        if (open != std::string::npos)
            all.add(name, std::to_string(std::strtoull(text.c_str() + open + 1, nullptr, 10)));
    }
    return all.text();
}

std::string limit_value(rlim_t value) { return value == RLIM_INFINITY ? "\"unlimited\"" : std::to_string(value); }

std::string resource_limits() {
    Object all;
    for (const Limit& limit : limits) {
        rlimit value{};
        if (::getrlimit(limit.number, &value) == 0)
            all.add(limit.name, '[' + limit_value(value.rlim_cur) + ',' + limit_value(value.rlim_max) + ']');
    }
    return all.text();
}

/// A number of a field of text, or null.
std::string number_or_null(const std::string& text) {
    return text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) == 0
               ? "null"
               : std::to_string(std::strtoull(text.c_str(), nullptr, 10));
}

std::string machine() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    const int usable = ::sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 0;
    struct sysinfo info {};
    ::sysinfo(&info);
    return Object()
        .add("cpus_online", std::to_string(::sysconf(_SC_NPROCESSORS_ONLN)))
        .add("cpus_allowed", std::to_string(usable))
        .add("memory_bytes", std::to_string(static_cast<unsigned long long>(info.totalram) * info.mem_unit))
        .add("uptime_s", std::to_string(info.uptime))
        .add_text("boot_id", read_line("/proc/sys/kernel/random/boot_id"))
        .text();
}

} // namespace

void add_facts(Object& document) {
    const std::string status = "\n" + read_file("/proc/self/status");
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    document.add("uname", system_name())
        .add_text("hostname", host.data())
        .add("pid", std::to_string(::getpid()))
        .add("uid", std::to_string(::geteuid()))
        .add("gid", std::to_string(::getegid()))
        .add("processes", processes())
        .add("devices", list(names_in("/dev", most_devices)))
        .add("block_devices", list(names_in("/sys/block", most_devices)))
        .add("interfaces", interfaces())
        .add("mounts", mount_count())
        .add_text("uid_map", read_line("/proc/self/uid_map"))
        .add_text("gid_map", read_line("/proc/self/gid_map"))
        .add("capabilities", capability_sets(status))
        .add("no_new_privs", number_or_null(field_of(status, "NoNewPrivs")))
        .add("seccomp", number_or_null(field_of(status, "Seccomp")))
        .add("namespaces", namespaces())
        .add_text("cgroup", read_line("/proc/self/cgroup"))
        .add("rlimits", resource_limits())
        .add("machine", machine());
}

} // namespace isolab::probe
