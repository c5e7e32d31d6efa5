// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command_line.h"

int main(int argc, char** argv) {
    return static_cast<int>(isolab::run_command_line(std::vector<std::string>(argv + 1, argv + argc)));
}
