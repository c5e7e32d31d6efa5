// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/signal_disposition.h"

#include <charconv>
#include <cstdint>
#include <string>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

/// The hexadecimal set behind `name` ("SigCgt:\t0000000000014002").
std::uint64_t signal_set(std::string_view status, std::string_view name) {
    const auto found = status.find(name);
    if (found == std::string_view::npos)
        return 0;
    const auto begin = status.find_first_not_of(" \t", found + name.size());
    std::uint64_t set = 0;
    if (begin != std::string_view::npos)
        std::from_chars(status.data() + begin, status.data() + status.size(), set, 16);
    return set;
}

} // namespace

bool status_handles_signal(std::string_view status, int signal) {
    const std::uint64_t set = signal_set(status, "SigCgt:") | signal_set(status, "SigBlk:");
    return (set >> static_cast<unsigned>(signal - 1) & 1U) != 0;
}

bool handles_signal(pid_t pid, int signal) {
    const auto status = read_file("/proc/" + std::to_string(pid) + "/status", 64U << 10U);
    return !status || status_handles_signal(*status, signal);
}

bool ignores_signal(pid_t pid, int signal) {
    const auto status = read_file("/proc/" + std::to_string(pid) + "/status", 64U << 10U);
    return status && (signal_set(*status, "SigIgn:") >> static_cast<unsigned>(signal - 1) & 1U) != 0;
}

} // namespace isolab
