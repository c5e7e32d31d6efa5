// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch/local_console.h"

#include "engine/base/pipe.h"
#include "engine/launcher/setup/terminal.h"

namespace isolab::launcher {

Result<LocalConsole> LocalConsole::open(bool wanted) {
    LocalConsole console;
    if (!wanted)
        return console;
    ISOLAB_ASSIGN(SocketPair pair, SocketPair::create(SOCK_STREAM));
    console.sender_ = std::move(pair.first);
    console.receiver_ = std::move(pair.second);
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
