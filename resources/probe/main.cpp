// SPDX-License-Identifier: GPL-3.0-or-later
//
// isolab-probe: what a process can see and do in the world it runs in, as JSON. It changes nothing, also when root runs
// it on a host: whatever could have an effect is tried in a process of its own that ends right after.
#include <cstdio>
#include <cstring>

#include "resources/probe/parts.h"

int main(int count, char** arguments) {
    using namespace isolab::probe;
    if (count > 1 && std::strcmp(arguments[1], "limits") == 0)
        return run_limits(count - 2, arguments + 2);
    if (count > 1) {
        const bool help = std::strcmp(arguments[1], "--help") == 0;
        std::fprintf(help ? stdout : stderr,
                     "usage: isolab-probe\n"
                     "       isolab-probe limits memory BYTES | processes N | cpu MS | disk BYTES\n");
        return help ? 0 : 2;
    }
    Object document;
    document.add_text("schema", "isolab.probe/1");
    add_facts(document);
    add_doors(document);
    add_programs(document);
    add_syscalls(document);
    std::printf("%s\n", document.text().c_str());
    return std::fflush(stdout) == 0 ? 0 : 1;
}
