// SPDX-License-Identifier: GPL-3.0-or-later
//
// Checks that say, when they fail, what a call returned, and checks of what comes to be true. QVERIFY2 evaluates its
// message even on success, so that a call that stands in both would be made twice; these make it once.
#pragma once

#include <string>

#include "engine/base/subprocess.h"
#include "tests/support/patience.h"

/// Wait until the condition holds, and until both are equal. QTRY_VERIFY's own five seconds are a bound on speed.
#define VERIFY_SOON(condition)                                                                                         \
    QTRY_VERIFY_WITH_TIMEOUT(condition, std::chrono::milliseconds(isolab::test::patience).count())
#define COMPARE_SOON(actual, expected)                                                                                 \
    QTRY_COMPARE_WITH_TIMEOUT(actual, expected, std::chrono::milliseconds(isolab::test::patience).count())

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
