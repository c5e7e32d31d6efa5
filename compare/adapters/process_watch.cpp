// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/process_watch.h"

#include "engine/base/process_memory.h"

namespace isolab {

void ProcessWatch::on_process(pid_t pid) {
    pid_ = pid;
    next_.on_process(pid);
}

void ProcessWatch::on_mark(const PhaseMark& mark) {
    next_.on_mark(mark);
    if (mark.phase == Phase::exec && pid_ > 0)
        peak_at_exec_ = read_peak_rss(pid_).value_or(0);
}

void ProcessWatch::on_output(OutputStream stream, std::string_view bytes, Nanoseconds at) {
    next_.on_output(stream, bytes, at);
}

void ProcessWatch::on_warning(std::string_view text) { next_.on_warning(text); }

void ProcessWatch::on_probe_ready(Nanoseconds at, std::optional<Nanoseconds> cpu) { next_.on_probe_ready(at, cpu); }

void ProcessWatch::on_exit(const ExitStatus& status, Nanoseconds at, std::optional<Nanoseconds> cpu) {
    next_.on_exit(status, at, cpu);
}

void ProcessWatch::on_lost(Nanoseconds at) { next_.on_lost(at); }

} // namespace isolab
