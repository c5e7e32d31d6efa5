// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/interrupt.h"

#include <array>
#include <atomic>
#include <csignal>

namespace isolab {
namespace {

constexpr std::array watched_signals{SIGINT, SIGTERM, SIGHUP};
std::atomic<StopSource*> current_source{nullptr};

void on_signal(int /*number*/) {
    if (StopSource* source = current_source.load())
        source->request_stop();
}

void watch(int number, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(number, &action, nullptr);
}

} // namespace

Interrupt::Interrupt() {
    current_source = &source_;
    for (const int number : watched_signals)
        watch(number, on_signal);
}

Interrupt::~Interrupt() {
    for (const int number : watched_signals)
        watch(number, SIG_DFL);
    current_source = nullptr;
}

} // namespace isolab
