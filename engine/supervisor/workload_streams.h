// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab::supervisor {

/// The other ends of one run's standard streams: pipes, or the master end of its terminal.
class WorkloadStreams {
  public:
    /// Puts fresh pipes where this process's own standard streams are, for the workload that is started next; nothing
    /// with a terminal. Without `input` the workload reads nothing.
    Result<void> prepare(bool input, bool terminal);

    /// After the start: this process's own streams lead nowhere again, so that the workload's end ends them.
    Result<void> started(UniqueFd master);

    /// What poll(2) watches, always as many: output, error, input. `hold` leaves output where it is.
    std::array<pollfd, 3> watched(bool hold) const;

    /// Reads once from stream 0 (output) or 1 (error); empty when there is nothing now, or never will be.
    std::string_view read(int stream);
    bool is_open(int stream) const noexcept { return static_cast<bool>(output_[static_cast<std::size_t>(stream)]); }

    /// Input for the workload. While wants_more() is false the sender should wait.
    void give(std::string_view bytes);
    void end_input();
    void pass_input();
    bool wants_more() const noexcept { return pending_.size() < most_pending; }

    void resize(unsigned short rows, unsigned short columns) const;
    void close();

  private:
    static constexpr std::size_t most_pending = 65536;

    std::array<UniqueFd, 2> output_; ///< of a terminal the first alone
    UniqueFd input_;
    bool terminal_ = false;
    bool input_ended_ = false;
    std::string pending_;
    std::vector<char> buffer_;
};

} // namespace isolab::supervisor
