// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest/kernel_end.h"

#include <algorithm>
#include <array>

namespace isolab {
namespace {

constexpr std::size_t longest_line = 1024; // of printk(); the rest of a longer one says nothing new

struct LastWords {
    std::string_view begin;
    std::string_view cause; ///< of the end; empty: told before
    bool with_rest;         ///< what follows `begin` tells more
    bool stays;
};

constexpr std::array last_words{
    LastWords{"reboot: Power down", "the machine powered off", false, true},
    LastWords{"reboot: Power off not available", "the machine powered off", false, true},
    LastWords{"reboot: System halted", "the machine powered off", false, true},
    LastWords{"reboot: Restarting system", "the machine restarted", false, false},
    LastWords{"sysrq: Resetting", "the machine restarted", false, false},
    LastWords{"Kernel panic - not syncing: ", "the guest's kernel panicked: ", true, false},
    // When it was told, by /proc/sys/kernel/panic, not to restart, or not at once.
    LastWords{"---[ end Kernel panic", "", false, true},
    LastWords{"Rebooting in ", "", false, true},
};

/// Without the time, and on some kernels the caller, that printk() puts in front in brackets.
std::string_view message_of(std::string_view line) {
    while (line.starts_with('[')) {
        const std::size_t end = line.find(']');
        if (end == std::string_view::npos)
            return {};
        line.remove_prefix(end + 1);
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    }
    return line;
}

} // namespace

void KernelEnd::read(std::string_view bytes) {
    for (std::size_t feed = 0; (feed = bytes.find('\n')) != std::string_view::npos; bytes.remove_prefix(feed + 1)) {
        line_ += bytes.substr(0, std::min(feed, longest_line - line_.size()));
        read_line(line_);
        line_.clear();
    }
    line_ += bytes.substr(0, longest_line - line_.size());
}

void KernelEnd::read_line(std::string_view line) {
    while (line.ends_with('\r') || line.ends_with(' '))
        line.remove_suffix(1);
    const std::string_view message = message_of(line);
    for (const LastWords& words : last_words) {
        if (!message.starts_with(words.begin) || (words.cause.empty() && cause_.empty()))
            continue;
        stays_ = stays_ || words.stays;
        if (!cause_.empty())
            return;
        cause_ = words.cause;
        if (words.with_rest)
            cause_ += message.substr(words.begin.size());
        return;
    }
}

} // namespace isolab
