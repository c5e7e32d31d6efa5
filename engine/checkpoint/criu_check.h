// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/checkpoint/criu.h"

namespace isolab {

/// Of an installed CRIU that works with this kernel.
struct CriuStatus {
    CriuVersion version;
    CriuFeatures features;
};

/// Asks for its version and what it can do, and lets it check the kernel itself. unsupported, with what its log says,
/// when it is too old (before 3.15) or its check fails. Takes some tens of milliseconds.
Result<CriuStatus> check_criu(const Criu& criu);

} // namespace isolab
