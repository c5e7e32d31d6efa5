// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <poll.h>

namespace isolab::launcher {

/// What a monitor passes between its caller and the workload while it watches.
class StreamRelay {
  public:
    StreamRelay() = default;
    StreamRelay(const StreamRelay&) = delete;
    StreamRelay& operator=(const StreamRelay&) = delete;
    virtual ~StreamRelay() = default;

    /// What poll(2) has to watch for it; serve() takes the same entries back.
    virtual std::vector<pollfd> watched() const = 0;
    virtual void serve(const std::vector<pollfd>& ready) = 0;
    /// The caller's terminal has another size now.
    virtual void resize() const {}
    /// Copies what the workload has left, after its end.
    virtual void drain() = 0;
};

} // namespace isolab::launcher
