// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/overlay_probe.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/pipe.h"
#include "engine/base/work_folder.h"
#include "engine/rootfs/overlay_paths.h"
#include "engine/rootfs/privilege.h"

namespace isolab {
namespace {

enum Step : int { unshare_step, map_step, private_step, mount_step, write_step };
constexpr std::array<const char*, 5> step_names{"create namespaces for", "map user ids for", "make mounts private for",
                                                "mount", "write through"};

struct Report {
    int step = 0;
    int error = 0;
};

/// Everything that the child needs, made before fork(2): afterwards only async-signal-safe calls are allowed.
struct Plan {
    bool privileged = false;
    std::string options;
    std::string target;
    std::string witness;
    std::string uid_map;
    std::string gid_map;
};

bool write_text(const char* path, const char* text) noexcept {
    const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
    const auto length = static_cast<ssize_t>(std::strlen(text));
    const bool written = fd >= 0 && ::write(fd, text, static_cast<std::size_t>(length)) == length;
    const int saved = errno;
    if (fd >= 0)
        ::close(fd);
    errno = saved;
    return written;
}

Report try_mount(const Plan& plan) noexcept {
    const int namespaces = CLONE_NEWNS | (plan.privileged ? 0 : CLONE_NEWUSER);
    if (::unshare(namespaces) != 0)
        return {unshare_step, errno};
    if (!plan.privileged &&
        !(write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/uid_map", plan.uid_map.c_str()) &&
          write_text("/proc/self/gid_map", plan.gid_map.c_str())))
        return {map_step, errno};
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return {private_step, errno};
    if (::mount("overlay", plan.target.c_str(), "overlay", 0, plan.options.c_str()) != 0)
        return {mount_step, errno};
    const int fd = ::open(plan.witness.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    return fd < 0 ? Report{write_step, errno} : Report{};
}

Plan make_plan(const std::filesystem::path& work) {
    const std::string base = work.string();
    Plan plan;
    plan.privileged = is_privileged();
    const auto folder = [&base](const char* name) { return join_lower_directories({base + name}); };
    plan.options = "lowerdir=" + folder("/lower") + ",upperdir=" + folder("/upper") + ",workdir=" + folder("/work");
    if (!plan.privileged)
        plan.options += ",userxattr";
    plan.target = base + "/root";
    plan.witness = plan.target + "/witness";
    plan.uid_map = "0 " + std::to_string(::geteuid()) + " 1\n";
    plan.gid_map = "0 " + std::to_string(::getegid()) + " 1\n";
    return plan;
}

Result<Report> run_in_child(const Plan& plan) {
    ISOLAB_ASSIGN(Pipe pipe, Pipe::create());
    const pid_t child = ::fork();
    if (child < 0)
        return fail_errno(errno, "start a child process");
    if (child == 0) {
        const Report report = try_mount(plan);
        (void)!::write(pipe.write.get(), &report, sizeof report);
        ::_exit(0);
    }
    pipe.write.reset();
    Report report;
    ssize_t count = 0;
    do
        count = ::read(pipe.read.get(), &report, sizeof report);
    while (count < 0 && errno == EINTR);
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    if (count != sizeof report)
        return fail(ErrorKind::unsupported, "mount", "overlay", "the test process ended early");
    return report;
}

} // namespace

Result<void> probe_overlay(const std::filesystem::path& folder) {
    ISOLAB_ASSIGN(const WorkFolder work, WorkFolder::create(folder));
    for (const char* name : {"lower", "upper", "work", "root"})
        ISOLAB_TRY(make_directories(work.path() / name));
    ISOLAB_ASSIGN(const Report report, run_in_child(make_plan(work.path())));
    if (report.error == 0)
        return {};
    Error error = system_error(report.error, step_names.at(static_cast<std::size_t>(report.step)), "an overlay");
    error.kind = ErrorKind::unsupported;
    return fail(std::move(error));
}

Result<void> overlay_usable(const std::filesystem::path& folder) {
    static std::mutex mutex;
    static std::map<std::filesystem::path, Result<void>> answers;
    const std::lock_guard lock(mutex);
    const auto known = answers.find(folder);
    if (known != answers.end())
        return known->second;
    return answers.emplace(folder, probe_overlay(folder)).first->second;
}

} // namespace isolab
