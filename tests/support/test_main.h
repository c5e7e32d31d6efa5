// SPDX-License-Identifier: GPL-3.0-or-later
//
// Test classes of one folder are one program, since what most of them cost is reading the same headers and linking the
// same libraries. Its first argument says which of them runs, by the name of its source: `rootfs_tests unpack_test`;
// what follows is QtTest's (functions, -v2).
#pragma once

#include <string>

#include <QCoreApplication>
#include <QtTest>

/// So that a comparison that fails shows both texts.
template <> inline char* QTest::toString(const std::string& text) { return ::qstrdup(text.c_str()); }

namespace isolab::test {

/// Makes a class of tests known to the program's main(). `file` is its source's name, "unpack_test.cpp".
struct TestEntry {
    using Run = int (*)(int argc, char** argv);
    TestEntry(const char* file, Run run);
};

/// Runs the tests of a class with an event loop.
template <class Tests, class Application = QCoreApplication> int run_tests(int argc, char** argv) {
    const Application application(argc, argv);
    Tests tests;
    return QTest::qExec(&tests, argc, argv);
}

} // namespace isolab::test

/// Instead of QtTest's QTEST_GUILESS_MAIN().
#define ISOLAB_TEST(Tests) ISOLAB_TEST_BY(Tests, isolab::test::run_tests<Tests>)

/// The same for a class that needs something done before there is an application.
#define ISOLAB_TEST_BY(Tests, run) static const isolab::test::TestEntry Tests##Entry(__FILE_NAME__, run);
