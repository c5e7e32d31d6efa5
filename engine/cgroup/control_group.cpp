// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/control_group.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <set>

#include <fcntl.h>
#include <sys/stat.h>

#include "engine/base/file_tree.h"
#include "engine/cgroup/cgroup_files.h"
#include "engine/cgroup/cgroup_tree.h"
#include "engine/cgroup/device_limits.h"
#include "engine/cgroup/freezer.h"
#include "engine/cgroup/group_directories.h"
#include "engine/cgroup/group_entrance.h"
#include "engine/cgroup/plan_writer.h"

namespace isolab {
namespace {

constexpr auto patience_with_the_killed = std::chrono::seconds(2);
constexpr auto patience_with_the_dying = std::chrono::seconds(1);

/// Removes what was made of a group that could not be completed.
class Rollback {
  public:
    explicit Rollback(const std::vector<std::string>& directories) : directories_(directories) {}
    Rollback(const Rollback&) = delete;
    Rollback& operator=(const Rollback&) = delete;
    ~Rollback() {
        if (armed_)
            for (const std::string& directory : directories_)
                ::rmdir(directory.c_str());
    }
    void disarm() noexcept { armed_ = false; }

  private:
    const std::vector<std::string>& directories_;
    bool armed_ = true;
};

/// A limit below what is in use is refused by the kernel with v1, but with v2 makes it kill.
Result<void> check_usage(const CgroupResources& resources, const std::string& directory) {
    if (resources.check_before_update != true || resources.memory_limit.value_or(0) <= 0)
        return {};
    const auto used = read_cgroup_number(directory + "/memory.current");
    if (used && *used > static_cast<std::uint64_t>(*resources.memory_limit))
        return fail(ErrorKind::invalid_argument, "lower the memory limit of", directory,
                    std::to_string(*used) + " bytes are in use", "Choose a limit above that");
    return {};
}

} // namespace

Result<ControlGroup> ControlGroup::at(const CgroupLayout& layout, const std::string& path) {
    const std::filesystem::path parts(path);
    const bool climbs = std::ranges::any_of(parts, [](const auto& part) { return part == ".." || part == "."; });
    if (path.size() < 2 || path.front() != '/' || path.back() == '/' || climbs)
        return fail(ErrorKind::invalid_argument, "use control group", path, "it is not an absolute, plain path");
    return ControlGroup(layout, path);
}

std::string ControlGroup::directory(CgroupController controller) const {
    if (layout_.version == CgroupVersion::v2)
        return layout_.unified + path_;
    const auto mount = layout_.v1.find(controller);
    return mount == layout_.v1.end() ? std::string{} : mount->second + path_;
}

/// The same, and for controllers that only cgroup2 beside v1 has, the group there.
std::string ControlGroup::limit_directory(CgroupController controller) const {
    std::string own = directory(controller);
    return own.empty() && !layout_.beside.empty() ? layout_.beside + path_ : own;
}

std::vector<std::string> ControlGroup::directories() const {
    if (layout_.version == CgroupVersion::v2)
        return {layout_.unified + path_};
    std::set<std::string> unique; // cpu and cpuacct are often one hierarchy
    for (const auto& entry : layout_.v1)
        unique.insert(entry.second + path_);
    for (const auto& entry : layout_.named)
        unique.insert(entry.second + path_);
    return {unique.begin(), unique.end()};
}

Result<void> ControlGroup::apply(const CgroupPlan& plan, std::vector<std::string>* warnings) const {
    std::vector<std::string> unread;
    return apply_cgroup_plan(
        plan, [this](CgroupController controller) { return limit_directory(controller); },
        warnings != nullptr ? *warnings : unread);
}

/// Makes the group in cgroup2 beside v1 when a limit needs it, and moves the members there.
Result<void> ControlGroup::make_group_beside(const CgroupPlan& plan) const {
    const bool needed = std::ranges::any_of(
        plan.writes, [this](const CgroupWrite& write) { return directory(write.controller).empty(); });
    if (!needed || layout_.beside.empty())
        return {};
    ISOLAB_TRY(make_unified_group(layout_.beside, path_, false));
    for (const pid_t pid : processes())
        ISOLAB_TRY(write_cgroup_file(layout_.beside + path_ + "/cgroup.procs", std::to_string(pid)));
    return {};
}

Result<void> ControlGroup::create(const CgroupResources& resources, std::vector<std::string>* warnings) const {
    if (layout_.version == CgroupVersion::none)
        return fail(ErrorKind::unsupported, "create control group", path_, layout_.limits_reason);
    ISOLAB_ASSIGN(const CgroupPlan plan, plan_cgroup(resources, layout_));
    ISOLAB_ASSIGN(const DeviceLimits devices, DeviceLimits::plan(resources.devices, layout_.version));
    std::vector<std::string> made;
    Rollback rollback(made);
    for (const std::string& directory : directories()) {
        const std::string root = directory.substr(0, directory.size() - path_.size());
        ISOLAB_TRY(layout_.version == CgroupVersion::v2
                       ? make_unified_group(root, path_, true)
                       : make_v1_group(root, path_, directory == this->directory(CgroupController::cpuset)));
        made.push_back(directory);
    }
    if (!layout_.beside.empty())
        made.push_back(layout_.beside + path_);
    ISOLAB_TRY(make_group_beside(plan));
    if (!resources.cpus.empty() || !resources.mems.empty())
        ISOLAB_TRY(fill_cpuset_parents(layout_, path_));
    ISOLAB_TRY(apply(plan, warnings));
    ISOLAB_TRY(devices.apply_to_new(directory(CgroupController::devices), warnings));
    rollback.disarm();
    return {};
}

Result<void> ControlGroup::update(const CgroupResources& resources, std::vector<std::string>* warnings) const {
    if (!exists())
        return fail(ErrorKind::not_found, "update control group", path_, "it does not exist");
    ISOLAB_ASSIGN(const CgroupPlan plan, plan_cgroup(resources, layout_));
    ISOLAB_ASSIGN(const DeviceLimits devices, DeviceLimits::plan(resources.devices, layout_.version));
    ISOLAB_TRY(make_group_beside(plan));
    if (layout_.version == CgroupVersion::v2)
        ISOLAB_TRY(check_usage(resources, layout_.unified + path_));
    ISOLAB_TRY(apply(plan, warnings));
    return devices.apply_to_existing(directory(CgroupController::devices), warnings);
}

Result<void> ControlGroup::attach(pid_t pid) const {
    const std::string text = std::to_string(pid);
    for (const std::string& directory : directories()) {
        int refused = try_write_cgroup_file(directory + "/cgroup.procs", text);
        if (refused == ENOSPC && directory == this->directory(CgroupController::cpuset)) {
            ISOLAB_TRY(fill_cpuset(layout_, path_)); // a set without CPUs takes no processes
            refused = try_write_cgroup_file(directory + "/cgroup.procs", text);
        }
        if (refused != 0)
            return fail_errno(refused, "move process " + text + " into control group", directory);
    }
    if (layout_.beside.empty())
        return {};
    const int refused = try_write_cgroup_file(layout_.beside + path_ + "/cgroup.procs", text);
    if (refused != 0 && refused != ENOENT) // made only where a limit needs it
        return fail_errno(refused, "move process " + text + " into control group", layout_.beside + path_);
    return {};
}

Result<std::vector<UniqueFd>> ControlGroup::open_entrance() const {
    if (layout_.version != CgroupVersion::v1)
        return std::vector<UniqueFd>{};
    ISOLAB_TRY(fill_cpuset(layout_, path_)); // a set without CPUs takes no processes
    ISOLAB_ASSIGN(auto entrance, isolab::open_entrance(directories()));
    if (layout_.beside.empty())
        return entrance;
    UniqueFd beside(::open((layout_.beside + path_ + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    if (!beside && errno != ENOENT) // made only where a limit needs it
        return fail_errno(errno, "enter control group", layout_.beside + path_);
    if (beside)
        entrance.push_back(std::move(beside));
    return entrance;
}

Result<UniqueFd> ControlGroup::open_for_clone() const {
    if (layout_.version != CgroupVersion::v2)
        return UniqueFd{};
    return open_directory(layout_.unified + path_);
}

bool ControlGroup::exists() const {
    return std::ranges::any_of(directories(),
                               [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; });
}

std::vector<pid_t> ControlGroup::processes(GroupMembers members) const {
    for (const std::string& directory : directories()) {
        auto pids = members == GroupMembers::all ? processes_of_group_tree(directory) : processes_of_group(directory);
        if (!pids.empty())
            return pids;
    }
    return {};
}

CgroupUsage ControlGroup::usage() const {
    if (layout_.version == CgroupVersion::v2)
        return read_v2_usage(layout_.unified + path_);
    if (layout_.version == CgroupVersion::v1)
        return read_v1_usage(directory(CgroupController::memory), directory(CgroupController::cpuacct));
    return {};
}

GroupOverview ControlGroup::overview() const {
    if (layout_.version == CgroupVersion::v2)
        return read_v2_overview(layout_.unified + path_);
    return read_v1_overview([this](CgroupController controller) { return directory(controller); });
}

Nanoseconds ControlGroup::cpu_time() const {
    const auto time = layout_.version == CgroupVersion::v2 ? read_v2_cpu_time(layout_.unified + path_)
                                                           : read_v1_cpu_time(directory(CgroupController::cpuacct));
    return time.value_or(Nanoseconds{0});
}

CgroupStatistics ControlGroup::statistics() const {
    if (layout_.version == CgroupVersion::v2)
        return read_v2_statistics(layout_.unified + path_);
    CgroupStatistics statistics =
        read_v1_statistics([this](CgroupController controller) { return directory(controller); });
    if (!layout_.beside.empty())
        read_v2_hugepages(layout_.beside + path_, statistics);
    return statistics;
}

Result<void> ControlGroup::freeze() const {
    return freeze_group(directory(CgroupController::freezer), layout_.version);
}

Result<void> ControlGroup::thaw() const { return thaw_group(directory(CgroupController::freezer), layout_.version); }

bool ControlGroup::is_frozen() const { return group_is_frozen(directory(CgroupController::freezer), layout_.version); }

void ControlGroup::kill_all() const {
    if (layout_.version == CgroupVersion::v2 &&
        try_write_cgroup_file(layout_.unified + path_ + "/cgroup.kill", "1") == 0)
        return;
    const Nanoseconds deadline = monotonic_now() + patience_with_the_killed;
    for (useconds_t pause = 100; monotonic_now() < deadline; pause = std::min(pause * 2, 10'000U)) {
        auto pids = processes(GroupMembers::all);
        if (pids.empty())
            return;
        // Frozen, they can neither fork nor end and leave their numbers to other processes.
        const bool held = hold_group(directory(CgroupController::freezer), layout_.version);
        if (held)
            pids = processes(GroupMembers::all);
        for (const pid_t pid : pids)
            ::kill(pid, SIGKILL);
        if (held) [[maybe_unused]]
            const auto thawed = thaw();
        ::usleep(pause);
    }
}

Result<void> ControlGroup::remove() const {
    const Nanoseconds deadline = monotonic_now() + patience_with_the_dying;
    Result<void> result;
    for (const std::string& directory : directories())
        if (auto removed = remove_group_tree(directory, deadline); !removed)
            result = std::move(removed);
    if (!layout_.beside.empty())
        if (auto removed = remove_group_tree(layout_.beside + path_, deadline); !removed)
            result = std::move(removed);
    return result;
}

std::vector<std::string> list_control_groups(const CgroupLayout& layout, const std::string& path) {
    std::set<std::string> roots;
    for (const auto& entry : layout.v1)
        roots.insert(entry.second);
    for (const auto& entry : layout.named)
        roots.insert(entry.second);
    if (layout.version == CgroupVersion::v2)
        roots.insert(layout.unified);
    std::set<std::string> names;
    for (const std::string& root : roots) {
        std::error_code failed;
        for (const auto& entry : std::filesystem::directory_iterator(root + path, failed))
            if (entry.is_directory(failed))
                names.insert(entry.path().filename());
    }
    return {names.begin(), names.end()};
}

} // namespace isolab
