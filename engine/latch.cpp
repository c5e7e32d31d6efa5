// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/latch.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <poll.h>
#include <sys/eventfd.h>

namespace isolab {

Latch::Latch() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Latch::open() noexcept {
    const std::uint64_t one = 1;
    (void)!::write(event_.get(), &one, sizeof one); // a full counter is open already
}

bool Latch::is_open() const noexcept {
    pollfd fd{event_.get(), POLLIN, 0};
    return ::poll(&fd, 1, 0) == 1;
}

Result<void> Latch::wait(const StopToken& stop, std::optional<Nanoseconds> timeout, const std::string& subject) const {
    const auto deadline = timeout ? std::optional(monotonic_now() + *timeout) : std::nullopt;
    for (;;) {
        int milliseconds = -1;
        if (deadline) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - monotonic_now());
            milliseconds = static_cast<int>(std::clamp<long long>(left.count(), 0, 1'000'000));
        }
        std::array<pollfd, 2> fds{{{event_.get(), POLLIN, 0}, {stop.fd(), POLLIN, 0}}};
        const int ready = ::poll(fds.data(), fds.size(), milliseconds);
        if (fds[0].revents != 0)
            return {};
        ISOLAB_TRY(stop.check("wait for " + subject));
        if (ready < 0 && errno != EINTR)
            return fail_errno(errno, "wait for", subject);
        if (deadline && monotonic_now() >= *deadline)
            return fail(ErrorKind::timeout, "wait for", subject, "it did not happen in time");
    }
}

} // namespace isolab
