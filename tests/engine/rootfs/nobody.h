// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/test_main.h"

namespace isolab::test {

/// Runs the tests of a class as an ordinary user, for good.
template <class Tests> int run_as_nobody(int argc, char** argv) {
    constexpr unsigned nobody = 65534;
    if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0 ||
                             ::setresuid(nobody, nobody, nobody) != 0))
        return 1;
    ::umask(022);
    ::prctl(PR_SET_DUMPABLE, 1); // given up with the user id; without it /proc/self belongs to root
    Tests tests;
    return QTest::qExec(&tests, argc, argv);
}

} // namespace isolab::test
