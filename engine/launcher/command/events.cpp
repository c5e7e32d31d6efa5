// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/command/events.h"

#include <cstdio>

#include <unistd.h>

namespace isolab::launcher {

void Events::send(const LaunchRecord& record) const {
    if (socket_ >= 0) {
        [[maybe_unused]] const auto sent = send_record(socket_, record);
        return;
    }
    const auto* failure = std::get_if<ErrorRecord>(&record);
    const auto* warning = std::get_if<WarningRecord>(&record);
    if (failure == nullptr && warning == nullptr)
        return;
    const std::string text = failure != nullptr ? failure->error.message() : warning->text;
    std::fprintf(stderr, "isolab-runtime: %s%s\n", failure == nullptr ? "warning: " : "", text.c_str());
    if (log_ != nullptr)
        log_->write(failure != nullptr ? "error" : "warning", text);
}

void Events::mark(Phase phase, pid_t child) const {
    if (socket_ < 0)
        return;
    const Nanoseconds at = monotonic_now();
    Nanoseconds cpu = process_cpu_time(::getpid()).value_or(Nanoseconds{0});
    if (child > 0)
        cpu += process_cpu_time(child).value_or(Nanoseconds{0});
    send(MarkRecord{phase, at, cpu});
}

} // namespace isolab::launcher
