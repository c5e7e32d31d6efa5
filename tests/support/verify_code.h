// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/base/subprocess.h"

/// Fails the test, with what the program said, unless it ended with the code. Runs `output` once.
#define VERIFY_CODE(output, expected)                                                                                  \
    do {                                                                                                               \
        const isolab::CommandOutput verified = (output);                                                               \
        QVERIFY2(                                                                                                      \
            verified.code == (expected),                                                                               \
            ("code " + std::to_string(verified.code) + ", out: " + verified.out + ", err: " + verified.err).c_str());  \
    } while (false)
