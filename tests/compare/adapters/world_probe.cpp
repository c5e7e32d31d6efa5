// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/compare/adapters/world_probe.h"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <string_view>

namespace isolab::test {
namespace {

/// "@name" begins a finding, the lines behind it are its value. Few programs: each is slow to start in an emulated
/// machine.
constexpr const char* script = R"sh(
exec 2>&1
say() { echo "@$1"; echo "$2"; }
try() { echo "@$1"; shift; "$@"; }
each() { while IFS=: read -r name value; do say "$1 $name" "$value"; done; }
say pid $$
say parent $PPID
busybox grep -s '' /proc/version /proc/cmdline /proc/uptime /proc/loadavg /proc/self/cgroup /proc/self/limits \
    /proc/self/oom_score_adj /proc/self/coredump_filter /proc/self/personality /proc/self/timerslack_ns \
    /proc/self/loginuid /proc/self/attr/current /proc/swaps /proc/filesystems /proc/modules /proc/partitions \
    /proc/net/route /etc/hosts /etc/hostname /etc/resolv.conf /etc/localtime /sys/class/dmi/id/product_name \
    /sys/kernel/mm/transparent_hugepage/enabled | each file
cd /proc/sys
busybox grep -s '' kernel/pid_max kernel/threads-max kernel/shmmax kernel/msgmax kernel/sem kernel/randomize_va_space \
    kernel/yama/ptrace_scope kernel/dmesg_restrict kernel/core_pattern vm/overcommit_memory vm/swappiness \
    vm/max_map_count fs/file-max fs/pipe-max-size fs/inotify/max_user_watches net/core/somaxconn \
    net/ipv4/ip_unprivileged_port_start net/ipv4/ping_group_range net/ipv4/ip_local_port_range \
    net/ipv6/conf/all/disable_ipv6 kernel/domainname | each setting
cd /
busybox cat /proc/self/status | each status
busybox cat /proc/self/mounts | while read -r device point type options rest; do say "mount $point" "$type $options"; done
busybox grep -E '^(MemTotal|SwapTotal|HugePages_Total)' /proc/meminfo | each memory
busybox head -n 28 /proc/cpuinfo | busybox grep -E '^(model name|flags)' | each cpuinfo
try processors busybox nproc
try processes ls -d /proc/[0-9]*
try "room of /" busybox df -k /
try "room of /dev/shm" busybox df -k /dev/shm
try "blocks of /" busybox stat -f -c '%s %S %l' /
try "names in /" ls -a /
try "names in /dev" ls -a /dev
try "names in /sys" ls -a /sys
try "names in /proc/sys" ls -a /proc/sys
try "names in /etc" ls -a /etc
try modes busybox stat -L -c '%n %a %u:%g' / /dev /dev/shm /dev/pts /dev/ptmx /dev/null /tmp /run /proc /sys /etc /root
try streams busybox stat -L -c '%F %u:%g %a' /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2
try links busybox ip -o addr
try routes busybox ip route
try groups busybox id
try umask umask
try folder pwd
try environment busybox env
try host busybox hostname
try zone busybox date +%Z%z
try descriptors ls /proc/self/fd
try terminal busybox tty
try "written modes" sh -c 'echo x > /written && busybox stat -c "%a %u:%g" /written'
try "set the clock" busybox date -s @1
try "set the name" busybox hostname other
try "make a mount" busybox mount -t tmpfs none /work
try "make a device" busybox mknod /made c 1 3
try "read a disk" busybox dd if=/dev/vda of=/dev/null bs=512 count=1
try "write a setting" sh -c 'echo 0 > /proc/sys/vm/swappiness'
say end reached
)sh";

bool begins(std::string_view text, std::string_view beginning) { return text.substr(0, beginning.size()) == beginning; }

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

/// Numbers of processes, sizes of memory that the kernel gave just then, counters.
bool is_another_each_time(std::string_view name) {
    return begins(name, "status Vm") || begins(name, "status Rss") ||
           is_one_of(name, {"status Tgid", "status Pid", "status NStgid", "status NSpid", "status SigQ",
                            "status voluntary_ctxt_switches", "status nonvoluntary_ctxt_switches"});
}

std::string condition_of(std::string_view name) {
    struct Rule {
        std::string_view beginning;
        const char* condition;
    };
    static constexpr std::array rules{
        Rule{"pid", "first_process"},
        Rule{"parent", "first_process"},
        Rule{"status PPid", "first_process"},
        Rule{"status NSpgid", "first_process"},
        Rule{"status NSsid", "first_process"},
        Rule{"file /proc/version", "kernel"},
        Rule{"file /proc/filesystems", "kernel"},
        Rule{"file /proc/modules", "kernel"},
        Rule{"file /proc/self/attr/current", "kernel"}, // its security modules
        Rule{"status Kthread", "kernel"},               // lines that one kernel has
        Rule{"status untag_mask", "kernel"},
        Rule{"status x86_Thread", "kernel"},
        Rule{"file /proc/cmdline", "kernel_line"},
        Rule{"file /proc/uptime", "clock"},
        Rule{"file /proc/loadavg", "clock"},
        Rule{"file /proc/self/cgroup", "limits"},
        Rule{"file /proc/partitions", "devices"},
        Rule{"file /sys/class/dmi", "machine"},
        Rule{"file /sys/kernel", "kernel_settings"},
        Rule{"setting ", "kernel_settings"},
        Rule{"host", "hostname"},
        Rule{"file /etc/host", "hostname"},
        Rule{"status Cap", "privileges"},
        Rule{"make a device", "privileges"},
        Rule{"status Seccomp", "filter"},
        Rule{"status Speculation", "accelerator"},
        Rule{"cpuinfo ", "accelerator"},
        Rule{"status Cpus_allowed", "cpus_seen"},
        Rule{"processors", "cpus_seen"},
        Rule{"memory ", "memory_seen"},
        Rule{"processes", "processes_seen"},
        Rule{"mount /dev/shm", "kernel"}, // options that one kernel shows
        Rule{"mount /dev", "devices"},
        Rule{"names in /dev", "devices"},
        Rule{"read a disk", "devices"},
        Rule{"mount /proc", "kernel_files"},
        Rule{"mount /sys", "kernel_files"},
        Rule{"names in /sys", "kernel_files"},
        Rule{"names in /proc", "kernel_files"},
        Rule{"write a setting", "kernel_files"},
        Rule{"mount /", "storage"},
        Rule{"room of /", "disk_room"},
        Rule{"blocks of /", "block_size"},
    };
    if (name == "mount /dev/pts" || name == "room of /dev/shm")
        return "no condition";
    const auto rule = std::ranges::find_if(rules, [&](const Rule& one) { return begins(name, one.beginning); });
    return rule != rules.end() ? rule->condition : "no condition";
}

} // namespace

const char* probe_script() noexcept { return script; }

Findings findings_of(const std::string& output) {
    Findings findings;
    std::string name = "before all";
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);)
        if (begins(line, "@"))
            findings.try_emplace(name = line.substr(1));
        else
            findings[name] += line + "\n";
    return findings;
}

std::vector<Difference> differences(const Findings& here, const Findings& there) {
    std::set<std::string> names{"end"};
    for (const Findings* findings : {&here, &there})
        for (const auto& [name, value] : *findings)
            names.insert(name);
    const auto value = [](const Findings& findings, const std::string& name) {
        const auto found = findings.find(name);
        return found == findings.end() ? std::string("nothing\n") : found->second;
    };
    std::vector<Difference> all;
    for (const std::string& name : names)
        if (value(here, name) != value(there, name) && !is_another_each_time(name))
            all.push_back({condition_of(name), name + ": " + value(here, name) + "against " + value(there, name)});
    if (value(here, "end") != "reached\n" || value(there, "end") != "reached\n")
        all.push_back({"no condition", "the probe did not reach its end"});
    return all;
}

} // namespace isolab::test
