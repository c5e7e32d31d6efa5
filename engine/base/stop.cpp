// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/stop.h"

#include <atomic>
#include <cerrno>
#include <ctime>

#include <poll.h>
#include <sys/eventfd.h>

#include "engine/base/unique_fd.h"

namespace isolab {

struct StopToken::State {
    std::atomic<bool> stopped{false};
    UniqueFd event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

bool StopToken::stop_requested() const noexcept {
    return state_ != nullptr && state_->stopped.load(std::memory_order_acquire);
}

int StopToken::fd() const noexcept { return state_ != nullptr ? state_->event.get() : -1; }

Result<void> StopToken::check(std::string operation) const {
    if (stop_requested())
        return fail(ErrorKind::cancelled, std::move(operation), {}, "stopped on request");
    return {};
}

bool StopToken::wait_for(std::chrono::nanoseconds duration) const {
    using std::chrono::steady_clock;
    const auto deadline = steady_clock::now() + duration;
    for (;;) {
        if (stop_requested())
            return true;
        const auto left = std::chrono::nanoseconds(deadline - steady_clock::now());
        if (left.count() <= 0)
            return false;
        pollfd event{fd(), POLLIN, 0};
        const timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
        ::ppoll(&event, 1, &timeout, nullptr);
    }
}

StopSource::StopSource() : token_(std::make_shared<StopToken::State>()) {}

void StopSource::request_stop() noexcept {
    const int saved = errno;
    token_.state_->stopped.store(true, std::memory_order_release);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(token_.state_->event.get(), &one, sizeof one);
    errno = saved;
}

} // namespace isolab
