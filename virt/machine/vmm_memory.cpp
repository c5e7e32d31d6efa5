// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine/vmm_memory.h"

#include <cinttypes>
#include <cstdio>
#include <sstream>
#include <string>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

struct Mapping {
    std::uint64_t size = 0;
    bool executable = false;
    bool anonymous = false;
};

/// A mapping's first line, "from-to perms offset device inode [path]"; empty for the lines that follow it.
std::optional<Mapping> parse_head(const std::string& line) {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::uint64_t inode = 0;
    char permissions[5] = {};
    int end = 0;
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %4s %*x %*s %" SCNu64 "%n", &from, &to, permissions, &inode,
                    &end) != 4)
        return std::nullopt;
    const bool named = line.find('[', static_cast<std::size_t>(end)) != std::string::npos;
    return Mapping{to - from, permissions[2] == 'x', inode == 0 && !named};
}

} // namespace

VmmMemory split_vmm_memory(std::string_view smaps, std::uint64_t guest_bytes) {
    VmmMemory result;
    Mapping mapping;
    std::istringstream lines{std::string(smaps)};
    for (std::string line; std::getline(lines, line);) {
        if (const auto head = parse_head(line)) {
            mapping = *head;
            continue;
        }
        std::uint64_t kibibytes = 0;
        if (std::sscanf(line.c_str(), "Rss: %" SCNu64, &kibibytes) != 1)
            continue;
        if (mapping.size == guest_bytes && !mapping.executable)
            result.guest_ram = result.guest_ram.value_or(0) + kibibytes * 1024U;
        else if (mapping.executable && mapping.anonymous)
            result.code_cache += kibibytes * 1024U;
    }
    return result;
}

Result<VmmMemory> read_vmm_memory(pid_t pid, std::uint64_t guest_bytes) {
    ISOLAB_ASSIGN(const std::string text, read_file("/proc/" + std::to_string(pid) + "/smaps"));
    return split_vmm_memory(text, guest_bytes);
}

} // namespace isolab
