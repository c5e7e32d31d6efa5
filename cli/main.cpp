// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>

#include "cli/command_line.h"
#include "engine/base/standard_streams.h"

int main(int argc, char** argv) {
    isolab::block_closed_standard_streams();
    // A reader of our output that goes away must not kill the program while instances run: writing fails instead.
    // Containers get the default back from the launcher, QEMU from libvirt.
    std::signal(SIGPIPE, SIG_IGN);
    return static_cast<int>(isolab::run_command_line(std::vector<std::string>(argv + 1, argv + argc)));
}
