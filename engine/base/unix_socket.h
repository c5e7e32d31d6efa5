// SPDX-License-Identifier: GPL-3.0-or-later
//
// AF_UNIX sockets (unix(7)): paths of any length, descriptors as messages.
#pragma once

#include <filesystem>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// bind(2) and connect(2) by way of the folder's descriptor, since sockaddr_un holds 107 bytes only.
Result<void> bind_socket(const UniqueFd& socket, const std::filesystem::path& path);
Result<void> connect_socket(const UniqueFd& socket, const std::filesystem::path& path);

/// Sends `descriptor` with `text`, which must not be empty, as SCM_RIGHTS. An end that is closed is an Error, no
/// signal.
Result<void> send_descriptor(int socket, const UniqueFd& descriptor, std::string_view text);

/// Receives one; whatever else came along is closed.
Result<UniqueFd> receive_descriptor(int socket);

} // namespace isolab
