// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/local_console.h"

#include <array>
#include <cerrno>

#include <sys/socket.h>

#include "engine/launcher/terminal.h"

namespace isolab::launcher {

Result<LocalConsole> LocalConsole::open(bool wanted) {
    LocalConsole console;
    if (!wanted)
        return console;
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return fail_errno(errno, "create socket pair");
    console.sender_.reset(pair[0]);
    console.receiver_.reset(pair[1]);
    return console;
}

Result<std::unique_ptr<TerminalRelay>> LocalConsole::start_relay() const {
    if (!receiver_)
        return nullptr;
    ISOLAB_ASSIGN(UniqueFd master, receive_master(receiver_.get()));
    return std::make_unique<TerminalRelay>(std::move(master));
}

} // namespace isolab::launcher
