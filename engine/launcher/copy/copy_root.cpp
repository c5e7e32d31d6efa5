// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/copy/copy_root.h"

#include <algorithm>
#include <cerrno>
#include <sstream>

#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/process_identity.h"
#include "engine/launcher/launch/mapped_child.h"
#include "engine/launcher/setup/id_mapped_mounts.h"
#include "engine/launcher/setup/namespaces.h"
#include "engine/runtime/spec_json.h"

namespace isolab::launcher {
namespace {

std::string process_path(const Options& options, const char* file) {
    return "/proc/" + std::to_string(options.copy.process->pid) + "/" + file;
}

Result<std::vector<IdMapping>> read_id_map(const std::string& file) {
    ISOLAB_ASSIGN(const std::string text, read_file(file, 1U << 20U));
    std::istringstream lines(text);
    std::vector<IdMapping> map;
    for (IdMapping line; lines >> line.container >> line.host >> line.size;)
        map.push_back(line);
    return map;
}

/// That what was opened by its number belongs to the process of the descriptor.
Result<void> check_alive(const CopyPlan& plan) {
    if (!has_number(plan.process))
        return fail(ErrorKind::not_found, "copy files of container", plan.options.id, "it has ended meanwhile");
    return {};
}

Result<void> plan_running(CopyPlan& plan) {
    auto process = open_process(*plan.options.copy.process);
    if (!process && process.error().kind == ErrorKind::not_found)
        return fail(ErrorKind::not_found, "copy files of container", plan.options.id, "it has ended meanwhile");
    if (!process)
        return fail(process.error());
    plan.process = std::move(*process);
    const pid_t pid = plan.options.copy.process->pid;
    ISOLAB_ASSIGN(const int foreign, foreign_namespaces(pid));
    ISOLAB_ASSIGN(plan.uids, read_id_map(process_path(plan.options, "uid_map")));
    ISOLAB_ASSIGN(plan.gids, read_id_map(process_path(plan.options, "gid_map")));
    if ((foreign & CLONE_NEWUSER) == 0)
        plan.uids = plan.gids = {};
    plan.enters_user_namespace = (foreign & CLONE_NEWUSER) != 0 && ::geteuid() != 0;
    return check_alive(plan);
}

/// Only what keeps files: the kernel's own file systems and tmpfs come and go with the container.
bool keeps_files(const Mount& mount) {
    const auto& options = mount.options;
    return (mount.type == "overlay" && mount.destination == "/") || mount.type.empty() || mount.type == "bind" ||
           std::ranges::find(options, "bind") != options.end() || std::ranges::find(options, "rbind") != options.end();
}

Result<void> plan_stopped(CopyPlan& plan) {
    const std::filesystem::path& bundle = plan.options.bundle;
    const std::string file = (bundle / "config.json").string();
    ISOLAB_ASSIGN(const Json document, read_json_file(file));
    ISOLAB_ASSIGN(const RuntimeSpec spec, parse_runtime_spec(document, file));
    std::error_code failed;
    const auto root = std::filesystem::canonical(bundle / spec.root_path, failed);
    if (failed)
        return fail_errno(failed.value(), "find root file system", (bundle / spec.root_path).string());
    MountRequest request;
    request.root_path = root.string();
    request.root_read_only = spec.root_read_only;
    std::ranges::copy_if(spec.mounts, std::back_inserter(request.mounts), keeps_files);
    request.uid_mappings = plan.uids = spec.uid_mappings;
    request.gid_mappings = plan.gids = spec.gid_mappings;
    ISOLAB_ASSIGN(plan.mounts, plan_mounts(request));
    ISOLAB_ASSIGN(plan.id_mapped, make_id_mapped_mounts(plan.mounts));
    plan.enters_user_namespace = ::geteuid() != 0 && spec.namespaces.user;
    return {};
}

Result<ReachedRoot> open_running(const CopyPlan& plan) {
    if (plan.enters_user_namespace) {
        if (::setns(plan.process.get(), CLONE_NEWUSER) != 0)
            return fail_errno(errno, "enter the user namespace of container", plan.options.id);
        if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
            return fail_errno(errno, "become root of the user namespace");
    }
    ReachedRoot reached;
    const std::string path = process_path(plan.options, "root");
    reached.running.reset(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!reached.running)
        return fail_errno(errno, "open the root of container", plan.options.id);
    ISOLAB_TRY(check_alive(plan));
    return reached;
}

Result<ReachedRoot> mount_stopped(const CopyPlan& plan) {
    const CgroupLayout no_layout;
    const std::optional<ControlGroup> no_group;
    ISOLAB_ASSIGN(ContainerRoot root, ContainerRoot::mount(plan.mounts, plan.id_mapped, {no_layout, no_group},
                                                           [] { return Result<void>{}; }));
    return ReachedRoot{{}, std::move(root)};
}

} // namespace

Result<CopyPlan> make_copy_plan(const Options& options) {
    const bool into = options.words.size() == 3 && options.words.front() == "in";
    if (!into && (options.words.size() != 3 || options.words.front() != "out"))
        return fail(ErrorKind::invalid_argument, "copy files of container", options.id,
                    "the direction and two paths are expected", "Give \"in SOURCE DEST\" or \"out SOURCE DEST\"");
    CopyPlan plan{options, into, {}, {}, {}, false, {}, {}};
    ISOLAB_TRY(options.copy.process ? plan_running(plan) : plan_stopped(plan));
    return plan;
}

Result<SetupChild> clone_copier(const CopyPlan& plan, const std::function<void(int)>& run) {
    CloneRequest request;
    if (plan.process)
        return SetupChild::clone(request, run);
    request.flags = static_cast<unsigned long long>(CLONE_NEWNS);
    if (plan.enters_user_namespace)
        return clone_with_ids(plan.options.root, {plan.uids, plan.gids}, request.flags, run);
    return SetupChild::clone(request, run);
}

Result<ReachedRoot> reach_container_root(const CopyPlan& plan) {
    return plan.process ? open_running(plan) : mount_stopped(plan);
}

} // namespace isolab::launcher
