// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/event_wait.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <poll.h>

namespace isolab {

Waited wait_event(const Event& event, const StopToken& stop, std::optional<Nanoseconds> deadline) noexcept {
    for (;;) {
        std::array<pollfd, 2> events{{{event.fd(), POLLIN, 0}, {stop.fd(), POLLIN, 0}}};
        timespec timeout{};
        if (deadline) {
            const auto left = std::max<std::int64_t>((*deadline - monotonic_now()).count(), 0);
            timeout = {left / 1'000'000'000, left % 1'000'000'000};
        }
        const int ready = ::ppoll(events.data(), events.size(), deadline ? &timeout : nullptr, nullptr);
        if (events[0].revents != 0)
            return Waited::happened;
        if (ready > 0)
            return Waited::stopped;
        if (ready == 0)
            return Waited::timed_out;
    }
}

} // namespace isolab
