// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/client_daemons.h"

#include <cerrno>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/cgroup/cgroup_layout.h"
#include "engine/cgroup/control_group.h"
#include "tests/support/patience.h"

namespace isolab::test {
namespace {

using namespace std::chrono_literals;

std::string end_of(const std::filesystem::path& log) {
    constexpr std::size_t shown = 2000;
    const std::string text = read_file(log).value_or("");
    return text.size() > shown ? text.substr(text.size() - shown) : text;
}

} // namespace

void make_busybox_root(const std::filesystem::path& root, const std::vector<std::string>& commands) {
    for (const char* name : {"bin", "dev", "etc", "proc", "run", "sys", "tmp"})
        std::filesystem::create_directories(root / name);
    std::filesystem::copy_file("/bin/busybox", root / "bin/busybox");
    for (const std::string& name : commands)
        std::filesystem::create_symlink("busybox", root / "bin" / name);
}

Result<Daemon> Daemon::start(const std::vector<std::string>& argv, const std::filesystem::path& log,
                             const std::function<bool()>& is_ready) {
    const UniqueFd output(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!output)
        return fail_errno(errno, "open log", log.string());
    Command command;
    command.argv = argv;
    command.fds = {{STDOUT_FILENO, output.get()}, {STDERR_FILENO, output.get()}};
    ISOLAB_ASSIGN(ChildProcess process, spawn(command));
    Daemon daemon(std::move(process), argv.front());
    const pid_t pid = daemon.process_.pid();
    const auto has_ended = [pid] {
        siginfo_t info{};
        return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
    };
    if (!becomes_true([&] { return is_ready() || has_ended(); }) || !is_ready())
        return fail(ErrorKind::timeout, "start", argv.front(), "it does not answer; its log ends: " + end_of(log));
    return daemon;
}

Result<void> Daemon::end() {
    process_.kill(SIGTERM);
    if (auto ended = process_.wait({}, patience); !ended) {
        process_.kill(SIGKILL);
        return fail(ended.error().within("end", name_));
    }
    return {};
}

Result<Containerd> Containerd::start(const std::filesystem::path& folder) {
    const std::string address = (folder / "containerd.sock").string();
    ISOLAB_TRY(write_file_atomically(folder / "containerd.toml",
                                     "version = 2\nroot = \"" + (folder / "containerd").string() + "\"\nstate = \"" +
                                         (folder / "containerd-state").string() +
                                         "\"\ndisabled_plugins = [\"io.containerd.grpc.v1.cri\", "
                                         "\"io.containerd.internal.v1.opt\"]\n[grpc]\naddress = \"" +
                                         address + "\"\n"));
    ISOLAB_ASSIGN(Daemon daemon,
                  Daemon::start({"containerd", "--config", (folder / "containerd.toml").string()},
                                folder / "containerd.log", [&address] {
                                    const auto answer = run_command({"ctr", "--address", address, "version"}, {}, 10s);
                                    return answer && answer->code == 0;
                                }));
    return Containerd(std::move(daemon), address);
}

FixedFolders::FixedFolders() {
    for (const char* folder : {"/run/containerd/s", "/run/containerd/fifo", "/run/containerd/runc", "/run/containerd",
                               "/run/docker/plugins", "/run/docker"})
        if (!std::filesystem::exists(folder))
            missing_.emplace_back(folder);
}

std::string FixedFolders::remove_new() const {
    std::string left;
    for (const std::filesystem::path& folder : missing_)
        if (::rmdir(folder.c_str()) != 0 && errno != ENOENT)
            left += folder.string() + "\n";
    return left;
}

ParentGroup::ParentGroup(const std::string& what) : path_("/isolab-" + what + "-" + std::to_string(::getpid())) {}

std::string ParentGroup::left_behind() const {
    std::string names;
    for (const std::string& name : list_control_groups(find_cgroup_layout(), path_))
        names += name + "\n";
    return names;
}

Result<void> ParentGroup::remove() const {
    const CgroupLayout layout = find_cgroup_layout();
    if (layout.version == CgroupVersion::none)
        return {};
    ISOLAB_ASSIGN(const ControlGroup group, ControlGroup::at(layout, path_));
    return group.remove();
}

} // namespace isolab::test
