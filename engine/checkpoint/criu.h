// SPDX-License-Identifier: GPL-3.0-or-later
//
// Start here: CRIU (https://criu.org), which saves running processes in files and makes them again. It is a program of
// its own; `criu swrk FD` serves one request on a SOCK_SEQPACKET socket.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "engine/base/unique_fd.h"
#include "engine/checkpoint/criu_messages.h"

namespace isolab {

/// What a request needs beside its message.
struct CriuCall {
    /// Answers a notification; a failure makes CRIU give up. The descriptor comes with "orphan-pts-master" only: the
    /// master end of a terminal.
    std::function<Result<void>(const CriuNotification&, UniqueFd)> notified;
    /// Called with CRIU's process before it gets the request.
    std::function<Result<void>(pid_t)> started;
    /// Descriptors it inherits: number there (any but 3), number here. Borrowed. Standard streams that are not named
    /// are /dev/null.
    std::vector<std::pair<int, int>> descriptors;
};

class Criu {
  public:
    /// The program named, or else `criu` of PATH. unavailable, with the remedy, when there is none.
    static Result<Criu> find(const std::string& program = {});

    /// One request in a process of its own, until it is answered. A response without success is not an Error here;
    /// a CRIU that ends without an answer is, and what `call` failed with.
    Result<CriuResponse> ask(const CriuRequest& request, const CriuCall& call = {}) const;

    const std::string& program() const noexcept { return program_; }

  private:
    explicit Criu(std::string program) : program_(std::move(program)) {}

    std::string program_;
};

/// What a log of CRIU says of a failure: its last lines with errors, or its last lines when it names none. Pure.
std::string errors_in_log(std::string_view log);

/// The Error of a response without success: with what the log says, and a remedy where its cause is known.
Error criu_failure(std::string operation, std::string subject, const CriuResponse& response,
                   const std::filesystem::path& log);

} // namespace isolab
