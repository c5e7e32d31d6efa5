// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/event.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace isolab {

Event::Event() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Event::set() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
}

bool Event::is_set() const noexcept {
    pollfd event{fd_.get(), POLLIN, 0};
    return ::poll(&event, 1, 0) == 1;
}

Waited Event::wait(const StopToken& stop, std::optional<Nanoseconds> deadline) const noexcept {
    for (;;) {
        std::array<pollfd, 2> events{{{fd_.get(), POLLIN, 0}, {stop.fd(), POLLIN, 0}}};
        timespec timeout{};
        if (deadline) {
            const auto left = std::max<std::int64_t>((*deadline - monotonic_now()).count(), 0);
            timeout = {left / 1'000'000'000, left % 1'000'000'000};
        }
        const int ready = ::ppoll(events.data(), events.size(), deadline ? &timeout : nullptr, nullptr);
        if (ready < 0 && errno == EINTR)
            continue;
        if (events[0].revents != 0)
            return Waited::happened;
        return ready > 0 ? Waited::stopped : Waited::timed_out;
    }
}

Result<void> Event::expect(const StopToken& stop, std::optional<Nanoseconds> timeout,
                           const std::string& subject) const {
    const auto deadline = timeout ? std::optional(monotonic_now() + *timeout) : std::nullopt;
    switch (wait(stop, deadline)) {
    case Waited::happened:
        return {};
    case Waited::stopped:
        return stop.check("wait for " + subject);
    case Waited::timed_out:
        break;
    }
    return fail(ErrorKind::timeout, "wait for", subject, "it did not happen in time");
}

} // namespace isolab
