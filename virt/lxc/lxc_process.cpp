// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/lxc/lxc_process.h"

#include <cerrno>
#include <csignal>

#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/process_memory.h"

namespace isolab {
namespace {

constexpr std::string_view driver_ending = ".libvirt-lxc"; // libvirt's own groups
constexpr std::string_view scope_ending = ".scope";        // those of systemd-machined

/// A line of /proc/PID/cgroup is "NUMBER:CONTROLLERS:PATH" (cgroups(7)).
std::string_view path_of(std::string_view line, std::string_view controller) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos)
        return {};
    std::string_view names = line.substr(first + 1, second - first - 1);
    if (controller.empty())
        return names.empty() ? line.substr(second + 1) : std::string_view();
    while (!names.empty()) {
        const auto comma = std::min(names.find(','), names.size());
        if (names.substr(0, comma) == controller)
            return line.substr(second + 1);
        names.remove_prefix(std::min(comma + 1, names.size()));
    }
    return {};
}

/// A process may be in a group below.
std::string_view up_to_domain(std::string_view path) {
    for (const std::string_view ending : {driver_ending, scope_ending})
        for (auto at = path.find(ending); at != std::string_view::npos; at = path.find(ending, at + 1))
            if (const auto end = at + ending.size(); end == path.size() || path[end] == '/')
                return path.substr(0, end);
    return path;
}

} // namespace

std::string domain_group(const CgroupLayout& layout, std::string_view cgroups_of_process) {
    const std::string_view controller = layout.version == CgroupVersion::v1 ? "cpuacct" : "";
    while (layout.version != CgroupVersion::none && !cgroups_of_process.empty()) {
        const auto end = std::min(cgroups_of_process.find('\n'), cgroups_of_process.size());
        const std::string_view path = path_of(cgroups_of_process.substr(0, end), controller);
        if (path.size() > 1) // otherwise the root: nobody's
            return std::string(up_to_domain(path));
        cgroups_of_process.remove_prefix(std::min(end + 1, cgroups_of_process.size()));
    }
    return {};
}

Result<std::unique_ptr<LxcProcess>> LxcProcess::watch(pid_t controller, const CgroupLayout& layout,
                                                      Nanoseconds start_cpu) {
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, controller, 0)));
    if (!pidfd)
        return fail_errno(errno, "watch libvirt_lxc", std::to_string(controller));
    const auto groups = read_file("/proc/" + std::to_string(controller) + "/cgroup");
    const std::string path = groups ? domain_group(layout, *groups) : std::string();
    std::optional<ControlGroup> group;
    if (!path.empty()) {
        ISOLAB_ASSIGN(group, ControlGroup::at(layout, path));
    }
    return std::unique_ptr<LxcProcess>(new LxcProcess(controller, std::move(pidfd), std::move(group), start_cpu));
}

std::optional<Nanoseconds> LxcProcess::cpu() const noexcept {
    const auto used = group_ ? group_->usage().cpu : process_cpu_time(pid_);
    return used ? std::optional(*used + start_cpu_) : std::nullopt;
}

std::optional<std::uint64_t> LxcProcess::peak_memory(const guest::Exited& exited) const {
    const auto controller = read_peak_rss(pid_);
    return controller ? std::optional(*controller + exited.peak_rss_bytes) : std::nullopt;
}

void LxcProcess::kill() noexcept { ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0); }

std::vector<PhaseMark> LxcProcess::early_marks(const guest::Hello& hello, Nanoseconds arrival, Nanoseconds begin,
                                               const CpuTrail& trail) const {
    const Nanoseconds init = host_time(hello.init, arrival, begin);
    const auto then = trail.at(init);
    return {{Phase::create, init, then ? then : cpu()}};
}

} // namespace isolab
