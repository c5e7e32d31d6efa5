// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>

namespace isolab::test {

/// How long a test waits for what must happen: the deadline of a hang, not a bound on speed, which a machine that does
/// much else would break.
inline constexpr std::chrono::seconds patience{60};

/// From its making on, for as long as that.
class Waiting {
  public:
    static constexpr int pause_ms = 20;
    bool goes_on() const { return std::chrono::steady_clock::now() < end_; }

  private:
    std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + patience;
};

/// Waits until a condition holds, and does not ask it again then. False: it did not hold in time.
bool becomes_true(const std::function<bool()>& condition, std::chrono::seconds limit = patience);

} // namespace isolab::test
