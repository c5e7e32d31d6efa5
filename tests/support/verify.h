// SPDX-License-Identifier: GPL-3.0-or-later
//
// Checks that say, when they fail, what a call returned, and checks of what comes to be true. QVERIFY2 evaluates its
// message even on success, so that a call that stands in both would be made twice; these make it once.
#pragma once

#include <string>

#include "engine/base/subprocess.h"
#include "tests/support/patience.h"

/// Waits until the condition holds, and does not ask it again then, as QTRY_VERIFY does: it may hold for a moment only.
/// That one's own five seconds are a bound on speed.
#define VERIFY_SOON(condition)                                                                                         \
    do {                                                                                                               \
        bool holds = false;                                                                                            \
        for (isolab::test::Waiting waiting; !(holds = static_cast<bool>(condition)) && waiting.goes_on();)             \
            QTest::qWait(isolab::test::Waiting::pause_ms);                                                             \
        QVERIFY2(holds, "did not come to be true: " #condition);                                                       \
    } while (false)

/// Waits until both are equal, and compares what was equal.
#define COMPARE_SOON(actual, expected)                                                                                 \
    for (isolab::test::Waiting waiting;;) {                                                                            \
        const auto is = (actual);                                                                                      \
        const auto wanted = (expected);                                                                                \
        if (is == wanted || !waiting.goes_on()) {                                                                      \
            QCOMPARE(is, wanted);                                                                                      \
            break;                                                                                                     \
        }                                                                                                              \
        QTest::qWait(isolab::test::Waiting::pause_ms);                                                                 \
    }                                                                                                                  \
    static_assert(true)

/// Fails the test, with what the program said, unless it ended with the code.
#define VERIFY_CODE(output, expected)                                                                                  \
    do {                                                                                                               \
        const isolab::CommandOutput verified = (output);                                                               \
        const int wanted = (expected);                                                                                 \
        QVERIFY2(                                                                                                      \
            verified.code == wanted,                                                                                   \
            ("code " + std::to_string(verified.code) + ", out: " + verified.out + ", err: " + verified.err).c_str());  \
    } while (false)

/// The same, and printed just this.
#define VERIFY_RUN(output, expected_code, expected_out)                                                                \
    do {                                                                                                               \
        const isolab::CommandOutput verified = (output);                                                               \
        QVERIFY2(                                                                                                      \
            verified.code == (expected_code) && verified.out == (expected_out),                                        \
            ("code " + std::to_string(verified.code) + ", out: " + verified.out + ", err: " + verified.err).c_str());  \
    } while (false)

/// Fails the test with the error's message unless the Result has a value. Takes a result that must not be moved too.
#define VERIFY_OK(result)                                                                                              \
    do {                                                                                                               \
        const auto& verified = (result);                                                                               \
        QVERIFY2(verified.has_value(), verified.has_value() ? "" : verified.error().message().c_str());                \
    } while (false)
