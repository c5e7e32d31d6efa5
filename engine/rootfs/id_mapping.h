// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace isolab {

/// One line of a user namespace's map (user_namespaces(7)): `size` ids from `container` are `host` onwards outside.
struct IdMapping {
    std::uint32_t container = 0;
    std::uint32_t host = 0;
    std::uint32_t size = 0;
};

} // namespace isolab
