// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "engine/launcher/command/options.h"

namespace isolab::launcher {

/// The file of --log, to which lines are added: `{"level":…,"msg":…,"time":…}` as containerd and Docker read them from
/// any OCI runtime, or plain text. Without --log it does nothing.
class Log {
  public:
    /// The file is made when it is missing. One that cannot be opened is an Error.
    static Result<Log> open(const Options& options);

    /// `level` is "error" or "warning". A full disk is no reason to fail.
    void write(std::string_view level, std::string_view text) const;

  private:
    Log(int fd, bool json) : fd_(fd), json_(json) {}
    int fd_; ///< -1: none; open until the program ends
    bool json_;
};

} // namespace isolab::launcher
