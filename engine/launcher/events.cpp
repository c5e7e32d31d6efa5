// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/events.h"

#include <cstdio>

#include <unistd.h>

namespace isolab::launcher {

void Events::send(const LaunchRecord& record) const {
    if (socket_ >= 0) {
        [[maybe_unused]] const auto sent = send_record(socket_, record);
        return;
    }
    if (const auto* failure = std::get_if<ErrorRecord>(&record))
        std::fprintf(stderr, "isolab-runtime: %s\n", failure->error.message().c_str());
    if (const auto* warning = std::get_if<WarningRecord>(&record))
        std::fprintf(stderr, "isolab-runtime: warning: %s\n", warning->text.c_str());
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
