// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>

#include "tests/support/test_main.h"

namespace isolab::test {

/// Runs the tests of a class in an application with widgets, whose sizes do not depend on the screen.
template <class Tests> int run_gui_tests(int argc, char** argv) {
    QCoreApplication::setAttribute(Qt::AA_Use96Dpi);
    return run_tests<Tests, QApplication>(argc, argv);
}

} // namespace isolab::test

/// ISOLAB_TEST() for what shows widgets.
#define ISOLAB_GUI_TEST(Tests) ISOLAB_TEST_BY(Tests, isolab::test::run_gui_tests<Tests>)
