// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/container_program.h"

#include <algorithm>
#include <csignal>
#include <sstream>
#include <stdexcept>

#include <unistd.h>

namespace isolab::test {
namespace {

std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

/// Processes of which a file of /proc satisfies a condition.
std::set<pid_t> processes_where(const char* file, const std::function<bool(const std::string&)>& condition) {
    std::set<pid_t> found;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", failed)) {
        const std::string name = entry.path().filename();
        if (std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) != 0; }) &&
            condition(read_file(entry.path() / file).value_or("")))
            found.insert(std::stoi(name));
    }
    return found;
}

} // namespace

CommandOutput ContainerProgram::container(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "container");
    return run(arguments);
}

std::vector<std::string> ContainerProgram::run_words(const std::vector<std::string>& options,
                                                     const std::string& script) const {
    std::vector<std::string> words{"run", "--network", "none"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {default_image, "sh", "-c", script});
    return words;
}

CommandOutput ContainerProgram::run_shell(const std::vector<std::string>& options, const std::string& script) const {
    return run(run_words(options, script));
}

std::string ContainerProgram::field(const std::string& name, const std::string& form) const {
    return trimmed(container({"inspect", "--format", "{{" + form + "}}", name}).out);
}

std::map<std::string, ListedContainer> ContainerProgram::list() const {
    const auto output = container({"ls", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}"});
    if (output.code != 0)
        throw std::runtime_error("container ls: " + output.err);
    std::map<std::string, ListedContainer> all;
    std::istringstream words(output.out);
    std::string id;
    ListedContainer one;
    while (words >> id >> one.name >> one.state)
        all[id] = one;
    return all;
}

std::string ContainerProgram::untruths() const {
    std::string wrong;
    for (const auto& [id, one] : list()) {
        const auto inside = processes_in(id);
        const std::string what = one.name + " " + id + " is said to be " + one.state;
        if (one.state == "running") {
            const std::string pid = field(id, ".State.Pid");
            if (pid.empty() || !inside.contains(std::stoi(pid)))
                wrong += what + ", and its process " + pid + " is not there\n";
        } else if (!inside.empty()) {
            wrong += what + ", and has process " + std::to_string(*inside.begin()) + "\n";
        }
    }
    return wrong;
}

std::set<pid_t> ContainerProgram::processes_in(const std::string& id) {
    return processes_where("cgroup", [&id](const std::string& text) { return text.find(id) != std::string::npos; });
}

std::set<pid_t> ContainerProgram::processes_with(const std::vector<std::string>& words) const {
    return processes_where("cmdline", [&](const std::string& text) {
        return text.find(root().string()) != std::string::npos &&
               std::ranges::all_of(words, [&text](const auto& word) { return text.find(word) != std::string::npos; });
    });
}

} // namespace isolab::test
