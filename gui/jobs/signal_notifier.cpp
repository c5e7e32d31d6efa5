// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/signal_notifier.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

#include <QSocketNotifier>

#include <sys/eventfd.h>
#include <unistd.h>

namespace isolab {
namespace {

constexpr std::array watched_signals{SIGINT, SIGTERM, SIGHUP};
std::atomic<int> event_fd{-1};

void on_signal(int /*number*/) {
    const int saved = errno;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(event_fd, &one, sizeof one);
    errno = saved;
}

void watch(void (*handler)(int), unsigned flags) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = static_cast<int>(flags);
    for (const int number : watched_signals)
        ::sigaction(number, &action, nullptr);
}

} // namespace

SignalNotifier::SignalNotifier(QObject* parent) : QObject(parent) {
    event_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    notifier_ = new QSocketNotifier(event_fd, QSocketNotifier::Read, this);
    connect(notifier_, &QSocketNotifier::activated, this, [this] {
        std::uint64_t count = 0;
        if (::read(event_fd, &count, sizeof count) > 0)
            Q_EMIT interrupted();
    });
    watch(on_signal, SA_RESETHAND | SA_RESTART);
}

SignalNotifier::~SignalNotifier() {
    watch(SIG_DFL, 0);
    notifier_->setEnabled(false);
    ::close(event_fd.exchange(-1));
}

} // namespace isolab
