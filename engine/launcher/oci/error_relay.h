// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/base/unique_fd.h"
#include "engine/launcher/launch/stream_relay.h"

namespace isolab::launcher {

/// Standard error of a workload that another runtime started: first that runtime's own, whose words are kept, then
/// passed on to ours. The runtime gives its standard error to the workload, so the two cannot be told apart by
/// descriptors.
class ErrorRelay final : public StreamRelay {
  public:
    /// `end` is the reading end of a pipe; it becomes non-blocking.
    explicit ErrorRelay(UniqueFd end);

    const UniqueFd& end() const noexcept { return end_; }
    /// Reads what is there now into `text`.
    void take(std::string& text);

    std::vector<pollfd> watched() const override;
    void serve(const std::vector<pollfd>& ready) override;
    void drain() override;

  private:
    UniqueFd end_; ///< none: it has ended
};

} // namespace isolab::launcher
