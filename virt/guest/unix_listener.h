// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <sys/types.h>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// A connection taken from a UnixListener.
struct Peer {
    UniqueFd socket; ///< non-blocking
    pid_t pid = -1;  ///< of the process that connected (SO_PEERCRED)
};

/// A listening unix stream socket; its file is removed with it.
class UnixListener {
  public:
    /// Fails when the path is too long for a socket address or exists.
    static Result<UnixListener> open(const std::filesystem::path& path);
    UnixListener(UnixListener&&) noexcept = default;
    UnixListener& operator=(UnixListener&&) = delete;
    ~UnixListener();

    const std::filesystem::path& path() const noexcept { return path_; }
    /// Takes the connection that waits; an Error of kind unavailable when none does.
    Result<Peer> accept() const;

  private:
    UnixListener(std::filesystem::path path, UniqueFd socket) : path_(std::move(path)), socket_(std::move(socket)) {}
    std::filesystem::path path_;
    UniqueFd socket_;
};

} // namespace isolab
