// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>

namespace isolab {

/// Calls `work` once with each of 0 to `count` - 1, in no order, from the calling thread and, when there is enough to
/// do, from one more for each other processor; at most four in all. Returns when all is done. `work` must not throw.
void for_each_index(std::size_t count, const std::function<void(std::size_t)>& work);

} // namespace isolab
