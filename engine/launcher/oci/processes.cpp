// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/oci/processes.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include <sys/stat.h>

#include "engine/base/json.h"
#include "engine/base/standard_streams.h"
#include "engine/base/subprocess.h"
#include "engine/launcher/oci/container_lookup.h"

namespace isolab::launcher {
namespace {

std::optional<pid_t> number_of(std::string_view text) {
    pid_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::vector<pid_t> members_of_pid_namespace(pid_t first) {
    const auto namespace_of = [](pid_t pid) {
        struct stat status {};
        return ::stat(("/proc/" + std::to_string(pid) + "/ns/pid").c_str(), &status) == 0 ? status.st_ino : 0;
    };
    const ino_t wanted = namespace_of(first);
    std::vector<pid_t> found;
    if (wanted == 0) // it has just ended, and all others with it; what else ends now has no namespace either
        return found;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", failed))
        if (const auto pid = number_of(entry.path().filename().string()); pid && namespace_of(*pid) == wanted)
            found.push_back(*pid);
    return found;
}

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
        words.push_back(word);
    return words;
}

/// The heading and the lines whose column PID holds one of `pids`.
Result<std::string> lines_of(const std::string& table, const std::vector<pid_t>& pids) {
    std::istringstream lines(table);
    std::string line;
    std::getline(lines, line);
    const auto heading = words_of(line);
    const auto column = std::ranges::find(heading, "PID") - heading.begin();
    if (column == static_cast<std::ptrdiff_t>(heading.size()))
        return fail(ErrorKind::invalid_argument, "show processes with", "ps", "its table has no column PID",
                    "Choose other options");
    std::string shown = line + "\n";
    while (std::getline(lines, line)) {
        const auto words = words_of(line);
        if (static_cast<std::ptrdiff_t>(words.size()) <= column)
            continue;
        if (const auto pid = number_of(words[static_cast<std::size_t>(column)]);
            pid && std::ranges::binary_search(pids, *pid))
            shown += line + "\n";
    }
    return shown;
}

} // namespace

Result<std::vector<pid_t>> processes_of(const ContainerRecord& record) {
    const auto group = group_of(record);
    if (!group)
        ISOLAB_TRY(open_first_process(record));
    std::vector<pid_t> pids = group ? group->processes(GroupMembers::all) : members_of_pid_namespace(record.pid);
    std::ranges::sort(pids);
    return pids;
}

Result<void> print_processes(const Options& options, Events& /*events*/) {
    ISOLAB_ASSIGN(const ContainerView view, look_at_named(options));
    ISOLAB_ASSIGN(const std::vector<pid_t> pids, processes_of(view.record));
    if (options.json)
        return write_standard_output(Json(pids).dump() + "\n");
    std::vector<std::string> command{"ps"};
    command.insert(command.end(), options.words.begin(), options.words.end());
    if (options.words.empty())
        command.emplace_back("-ef");
    ISOLAB_ASSIGN(const std::string table, run_checked(command));
    ISOLAB_ASSIGN(const std::string shown, lines_of(table, pids));
    return write_standard_output(shown);
}

} // namespace isolab::launcher
