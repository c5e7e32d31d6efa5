// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

namespace isolab::test {
namespace {

std::map<std::string, TestEntry::Run>& entries() {
    static std::map<std::string, TestEntry::Run> all;
    return all;
}

} // namespace

TestEntry::TestEntry(const char* file, Run run) {
    const std::string name(file);
    entries()[name.substr(0, name.rfind('.'))] = run;
}

} // namespace isolab::test

int main(int argc, char** argv) {
    // Else Qt's dispatcher owns GLib's main context, which libvirt's event loop needs in a thread of its own, as long
    // as there is an application, also while a test waits.
    ::setenv("QT_NO_GLIB", "1", 1); // NOLINT(concurrency-mt-unsafe)
    const auto& all = isolab::test::entries();
    const auto found = argc > 1 ? all.find(argv[1]) : all.end();
    if (found != all.end()) {
        argv[1] = argv[0];
        return found->second(argc - 1, argv + 1);
    }
    std::fprintf(stderr, "usage: %s TEST [ARGUMENT OF QTTEST...]\nTests:\n", argv[0]);
    for (const auto& [name, run] : all)
        std::fprintf(stderr, "  %s\n", name.c_str());
    return 2;
}
