// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/bare_clone.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace isolab::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* group_name = "isolab-bench-bare";

bool write_text(const fs::path& file, const char* text) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    const bool written = fd >= 0 && ::write(fd, text, std::char_traits<char>::length(text)) > 0;
    ::close(fd);
    return written;
}

/// In the clone. Each line is one that every container needs.
int enter(const BareClone& wanted, const std::string& overlay, const fs::path& root) {
    for (const fs::path& hierarchy : wanted.hierarchies)
        if (!write_text(hierarchy / group_name / "cgroup.procs", "0"))
            return 101;
    const auto shown = [&](const char* type, const char* target, unsigned long flags, const char* data = nullptr) {
        return ::mount(type, (root / target).c_str(), type, flags, data) == 0;
    };
    constexpr unsigned long strict = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    if (::unshare(CLONE_NEWCGROUP) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("overlay", root.c_str(), "overlay", 0, overlay.c_str()) != 0 || !shown("proc", "proc", strict) ||
        !shown("tmpfs", "dev", MS_NOSUID, "mode=755,size=65536k") || !shown("sysfs", "sys", strict | MS_RDONLY))
        return 102;
    for (const char* folder : {"dev/pts", "dev/shm", "dev/mqueue"})
        if (::mkdir((root / folder).c_str(), 0755) != 0)
            return 103;
    if (!shown("devpts", "dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620") ||
        !shown("tmpfs", "dev/shm", strict, "mode=1777,size=65536k") || !shown("mqueue", "dev/mqueue", strict))
        return 104;
    for (const char* device : {"null", "zero", "full", "random", "urandom", "tty"}) {
        const fs::path place = root / "dev" / device;
        const int file = ::open(place.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
        ::close(file);
        if (file < 0 || ::mount((fs::path("/dev") / device).c_str(), place.c_str(), nullptr, MS_BIND, nullptr) != 0)
            return 105;
    }
    if (::chdir(root.c_str()) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0 || ::umount2(".", MNT_DETACH) != 0 ||
        ::chdir("/") != 0 || ::sethostname("bare", 4) != 0)
        return 106;
    ::execl(wanted.program.c_str(), wanted.program.c_str(), nullptr);
    return 107;
}

} // namespace

Result<int> BareClone::run() const {
    const fs::path root = scratch / "root";
    std::string lowers;
    for (const fs::path& layer : layers)
        lowers += (lowers.empty() ? "" : ":") + layer.string();
    const std::string overlay =
        "lowerdir=" + lowers + ",upperdir=" + (scratch / "upper").string() + ",workdir=" + (scratch / "work").string();
    for (const char* folder : {"root", "upper", "work"})
        if (::mkdir((scratch / folder).c_str(), 0755) != 0)
            return fail_errno(errno, "make folder", (scratch / folder).string());
    for (const fs::path& hierarchy : hierarchies)
        if (::mkdir((hierarchy / group_name).c_str(), 0755) != 0 && errno != EEXIST)
            return fail_errno(errno, "make group", (hierarchy / group_name).string());
    clone_args arguments{};
    arguments.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
    arguments.exit_signal = SIGCHLD;
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
    if (pid == 0)
        ::_exit(enter(*this, overlay, root));
    int status = 0;
    if (pid < 0 || ::waitpid(pid, &status, 0) != pid)
        return fail_errno(errno, "clone a process");
    for (const fs::path& hierarchy : hierarchies)
        ::rmdir((hierarchy / group_name).c_str());
    std::error_code failed;
    for (const char* folder : {"root", "upper", "work"})
        fs::remove_all(scratch / folder, failed);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<fs::path> v1_hierarchies() {
    std::vector<fs::path> found;
    std::ifstream mounts("/proc/self/mounts");
    for (std::string device, target, type, line; mounts >> device >> target >> type && std::getline(mounts, line);)
        if (type == "cgroup" && std::ranges::find(found, fs::path(target)) == found.end() &&
            line.find("cpuset") == std::string::npos) // its groups begin without a CPU
            found.emplace_back(target);
    return found;
}

} // namespace isolab::bench
