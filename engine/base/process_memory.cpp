// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/process_memory.h"

#include <array>
#include <filesystem>
#include <sstream>
#include <string>
#include <system_error>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

struct Field {
    std::string_view name;
    std::uint64_t ProcessMemory::*member;
};

constexpr std::array rollup_fields{
    Field{"Rss:", &ProcessMemory::rss},
    Field{"Pss:", &ProcessMemory::pss},
    Field{"Pss_Anon:", &ProcessMemory::pss_anon},
    Field{"Pss_File:", &ProcessMemory::pss_file},
    Field{"Pss_Shmem:", &ProcessMemory::pss_shmem},
    Field{"Private_Clean:", &ProcessMemory::uss},
    Field{"Private_Dirty:", &ProcessMemory::uss},
    Field{"SwapPss:", &ProcessMemory::swap},
};

std::string proc_path(pid_t pid, const char* file) { return "/proc/" + std::to_string(pid) + "/" + file; }

void append_children(pid_t parent, std::vector<pid_t>& into) {
    std::error_code error;
    for (const auto& task : std::filesystem::directory_iterator(proc_path(parent, "task"), error)) {
        const auto text = read_file(task.path() / "children");
        if (!text)
            continue;
        std::istringstream children(*text);
        for (pid_t child = 0; children >> child;) {
            into.push_back(child);
            append_children(child, into);
        }
    }
}

} // namespace

ProcessMemory& ProcessMemory::operator+=(const ProcessMemory& other) noexcept {
    rss += other.rss;
    pss += other.pss;
    pss_anon += other.pss_anon;
    pss_file += other.pss_file;
    pss_shmem += other.pss_shmem;
    uss += other.uss;
    swap += other.swap;
    return *this;
}

Result<ProcessMemory> read_process_memory(pid_t pid) {
    ISOLAB_ASSIGN(const std::string text, read_file(proc_path(pid, "smaps_rollup")));
    ProcessMemory memory;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name;
        std::uint64_t kibibytes = 0;
        if (!(words >> name >> kibibytes))
            continue;
        for (const Field& field : rollup_fields)
            if (name == field.name)
                memory.*field.member += kibibytes * 1024U;
    }
    return memory;
}

Result<std::uint64_t> read_peak_rss(pid_t pid) {
    ISOLAB_ASSIGN(const std::string text, read_file(proc_path(pid, "status")));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("VmHWM:")) {
            std::uint64_t kibibytes = 0;
            if (std::istringstream(line.substr(6)) >> kibibytes)
                return kibibytes * 1024U;
        }
    return fail(ErrorKind::not_found, "read the peak memory of process", std::to_string(pid), "it has ended");
}

std::vector<pid_t> process_tree(pid_t root) {
    if (root <= 0)
        return {};
    std::vector<pid_t> processes{root};
    append_children(root, processes);
    return processes;
}

} // namespace isolab
