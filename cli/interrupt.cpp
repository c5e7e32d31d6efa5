// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/interrupt.h"

#include <atomic>

namespace isolab {
namespace {

std::atomic<StopSource*> current_source{nullptr};

void on_signal(int /*number*/) {
    if (StopSource* source = current_source.load())
        source->request_stop();
}

} // namespace

Interrupt::Interrupt() {
    current_source = &source_;
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (std::size_t i = 0; i < watched_.size(); ++i)
        if (::sigaction(watched_[i], nullptr, &before_[i]) == 0 && before_[i].sa_handler != SIG_IGN)
            ::sigaction(watched_[i], &action, nullptr);
}

Interrupt::~Interrupt() {
    for (std::size_t i = 0; i < watched_.size(); ++i)
        ::sigaction(watched_[i], &before_[i], nullptr);
    current_source = nullptr;
}

} // namespace isolab
