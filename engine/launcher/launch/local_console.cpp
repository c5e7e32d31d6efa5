// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch/local_console.h"

#include <array>
#include <cerrno>

#include <sys/socket.h>

#include "engine/launcher/setup/terminal.h"

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

Result<UniqueFd> LocalConsole::take_master() const {
    return receiver_ ? receive_master(receiver_.get()) : Result<UniqueFd>{};
}

Result<std::unique_ptr<TerminalRelay>> LocalConsole::start_relay() const {
    ISOLAB_ASSIGN(UniqueFd master, take_master());
    if (!master)
        return nullptr;
    return std::make_unique<TerminalRelay>(std::move(master));
}

} // namespace isolab::launcher
