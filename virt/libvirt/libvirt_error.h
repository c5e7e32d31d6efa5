// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/base/error.h"

namespace isolab {

/// The last error of libvirt in this thread as an Error; the kind follows virErrorNumber where it says something
/// (no such domain, no connection, invalid argument, access denied).
Error libvirt_error(std::string operation, std::string subject = {});

/// libvirt's number of the last error in this thread (VIR_ERR_OK when there was none).
int libvirt_error_number() noexcept;

} // namespace isolab
