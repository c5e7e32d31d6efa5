// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/random_id.h"

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include <sys/random.h>

#include "engine/base/text.h"

namespace isolab {

std::string random_hex(std::size_t digits) {
    std::vector<std::uint8_t> bytes((digits + 1) / 2);
    for (std::size_t filled = 0; filled < bytes.size();) {
        const ssize_t count = ::getrandom(bytes.data() + filled, bytes.size() - filled, 0);
        if (count < 0 && errno != EINTR)
            std::abort(); // no kernel that this program runs on lacks it, and zeros would be everybody's id
        filled += count < 0 ? 0 : static_cast<std::size_t>(count);
    }
    return hex_text(bytes).substr(0, digits);
}

} // namespace isolab
