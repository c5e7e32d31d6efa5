// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <memory>

#include "engine/base/error.h"

namespace isolab {

/// Asks a blocking call to end early. Copies share one state; any thread may use any copy.
///
/// Unlike std::stop_token it can be waited for with poll(2), next to the descriptors a call waits for.
class StopToken {
  public:
    /// A token that is never stopped.
    StopToken() = default;

    bool stop_requested() const noexcept;

    /// Descriptor that becomes readable for good once a stop was requested; -1 for the never token, which
    /// poll(2) ignores. Do not read from it and do not close it.
    int fd() const noexcept;

    /// An Error of kind cancelled once a stop was requested, otherwise success.
    Result<void> check(std::string operation) const;

    /// Sleeps for `duration` or until stopped. True when stopped.
    bool wait_for(std::chrono::nanoseconds duration) const;

  private:
    friend class StopSource;
    struct State;
    explicit StopToken(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

/// The owner's side of a StopToken.
class StopSource {
  public:
    StopSource();

    /// Idempotent, async-signal-safe (an atomic store and write(2) to an eventfd).
    void request_stop() noexcept;
    bool stop_requested() const noexcept { return token_.stop_requested(); }
    StopToken token() const noexcept { return token_; }

  private:
    StopToken token_;
};

} // namespace isolab
