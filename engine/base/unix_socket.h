// SPDX-License-Identifier: GPL-3.0-or-later
//
// AF_UNIX sockets (unix(7)): paths of any length, descriptors as messages.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// bind(2) and connect(2) by way of the folder's descriptor, since sockaddr_un holds 107 bytes only. The owner
/// alone may connect to what is bound: mode 0600.
Result<void> bind_socket(const UniqueFd& socket, const std::filesystem::path& path);
Result<void> connect_socket(const UniqueFd& socket, const std::filesystem::path& path);

/// Sends `descriptors`, at most 64, with `text`, which must not be empty, as SCM_RIGHTS. 0 or an errno(3): EPIPE when
/// the other end is closed, without a signal.
int try_send_descriptors(int socket, std::span<const UniqueFd> descriptors, std::string_view text) noexcept;

/// Sends one.
Result<void> send_descriptor(int socket, const UniqueFd& descriptor, std::string_view text);

struct DescriptorMessage {
    std::string text; ///< at most 4096 bytes; empty: the other end was closed
    std::vector<UniqueFd> descriptors;
};
Result<DescriptorMessage> receive_descriptors(int socket);

/// Receives one; whatever else came along is closed.
Result<UniqueFd> receive_descriptor(int socket);

} // namespace isolab
