// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the launcher and a process that it sets up say to each other, over a SOCK_SEQPACKET pair with close-on-exec. The
// process reports warnings, marks and an error as records of launch_protocol.h; its end without an error means that it
// executed its program. The launcher answers with single bytes, in the order below, and the container's state as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/unique_fd.h"
#include "engine/runtime/launch_protocol.h"

namespace isolab::launcher {

inline constexpr char ids_are_mapped = 'm';  ///< with a user namespace of its own only
inline constexpr char group_is_made = 'g';   ///< with the entrance of its control group, if there is one to enter
inline constexpr char state_is_kept = 's';   ///< with a start gate only: the container may outlive the launcher
inline constexpr char workload_may_go = 'r'; ///< what `start` says through the gate

/// The end of the process that is set up. The socket is borrowed.
class SetupChannel {
  public:
    explicit SetupChannel(int socket) : socket_(socket) {}

    int socket() const noexcept { return socket_; }

    /// Not an error when the launcher is gone.
    void report(const LaunchRecord& record) const;
    void warn(std::string text) const { report(WarningRecord{std::move(text)}); }

    /// That the setup is complete and the program is executed next.
    void report_setup() const;

    /// Waits for a byte; cancelled when the launcher has ended.
    Result<void> await(char expected) const;

    /// Waits for group_is_made, as await().
    Result<std::vector<UniqueFd>> receive_entrance() const;

    /// Waits for a text, as await().
    Result<std::string> receive_text() const;

  private:
    int socket_;
};

/// The launcher's side: sends bytes or a text of at most launch_packet_limit. Not an error when the process is gone:
/// its own error is in the socket.
Result<void> tell(int socket, std::string_view text);

/// The same with group_is_made and the way into the group.
Result<void> tell_entrance(int socket, const std::vector<UniqueFd>& entrance);

} // namespace isolab::launcher
