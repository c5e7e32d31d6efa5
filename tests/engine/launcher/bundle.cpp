// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/launcher/bundle.h"

#include <algorithm>
#include <sstream>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/cgroup/control_group.h"
#include "engine/runtime/spec_builder.h"
#include "engine/runtime/spec_json.h"
#include "engine/security/capabilities.h"
#include "engine/security/seccomp_profile.h"
#include "tests/support/patience.h"
#include "tests/support/places.h"

namespace isolab::test {

std::string test_container(const std::string& name) { return "isolab-" + std::to_string(::getpid()) + "x-" + name; }

Bundle::Bundle() {
    path_ = *make_temporary_directory(std::filesystem::temp_directory_path(), "isolab-bundle-");
    ::chmod(path_.c_str(), 0755);
    std::filesystem::create_directories(rootfs() / "bin");
    std::filesystem::copy_file("/bin/busybox", rootfs() / "bin/busybox");
    for (const char* name :
         {"sh", "true", "ls",   "cat", "id",    "sleep", "env",   "hostname", "grep", "pwd",   "echo",  "kill",
          "ps", "tail", "head", "dd",  "mkdir", "mknod", "mount", "wc",       "ip",   "touch", "chmod", "readlink"})
        std::filesystem::create_symlink("busybox", rootfs() / "bin" / name);
}

Bundle::~Bundle() { [[maybe_unused]] const auto removed = remove_tree(path_); }

RuntimeSpec Bundle::spec(const std::vector<std::string>& args) const {
    SpecRequest request;
    request.id = path_.filename();
    request.hostname = "isolab-test";
    request.process.args = args;
    request.process.env = {"PATH=/bin:/usr/bin", "HOME=/"};
    request.snapshot.root = rootfs();
    const auto profile = parse_json(default_seccomp_profile(), "default");
    request.seccomp = share(
        seccomp_to_json(*resolve_seccomp_profile(*profile, seccomp_conditions(default_capabilities()), "default")));
    RuntimeSpec spec = build_runtime_spec(request);
    for (Mount& mount : spec.mounts)
        std::erase(mount.options, "gid=5"); // tests map groups of their own, and few map this one
    return spec;
}

void Bundle::write(const RuntimeSpec& spec) const {
    [[maybe_unused]] const auto written =
        write_file_atomically(path_ / "config.json", runtime_spec_to_json(spec).dump(1));
}

CommandOutput Bundle::run(const RuntimeSpec& spec, const std::string& id) const {
    write(spec);
    auto output = run_command(
        {launcher_path(), "run", "--bundle", path_.string(), "--root", (path_ / "cache").string(), id}, {}, patience);
    return output ? *output : CommandOutput{-1, "", output.error().message()};
}

CommandOutput Bundle::run_shell(const std::string& script) const { return run(spec({"sh", "-c", script})); }

std::string launcher_path() { return program_file("isolab-runtime"); }

std::string place_of_mount(const std::string& line) {
    std::istringstream fields(line);
    std::string place;
    for (int field = 1; field <= 5; ++field)
        fields >> place;
    return place;
}

std::string host_traces(const std::set<std::string>& marks) {
    const auto marked = [&marks](const std::string& text) {
        return std::ranges::any_of(marks, [&text](const auto& mark) { return text.find(mark) != std::string::npos; });
    };
    // In the mounts of a container's process a mark is what is mounted. Where it is part of the place (the fifth
    // field), the process has a copy of the host's mounts, as every new mount namespace begins with, and is somebody
    // else's.
    const auto has_marked_mount = [&marked](const std::string& mountinfo) {
        std::istringstream lines(mountinfo);
        for (std::string line; std::getline(lines, line);) {
            if (marked(line) && !marked(place_of_mount(line)))
                return true;
        }
        return false;
    };
    std::set<std::string> traces;
    std::istringstream mounts(read_file("/proc/self/mountinfo").value_or(""));
    for (std::string line; std::getline(mounts, line);)
        if (marked(line))
            traces.insert("mount " + line);
    for (const std::string& name : list_control_groups(find_cgroup_layout(), "/isolab"))
        if (marked(name))
            traces.insert("group " + name);
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", failed))
        if (marked(read_file(entry.path() / "cmdline").value_or("")) ||
            has_marked_mount(read_file(entry.path() / "mountinfo").value_or("")))
            traces.insert("process " + entry.path().filename().string());
    std::string text;
    for (const std::string& trace : traces)
        text += trace + "\n";
    return text;
}

} // namespace isolab::test
