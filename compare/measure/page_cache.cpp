// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/measure/page_cache.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"

namespace isolab {
namespace {

constexpr const char* drop_caches = "/proc/sys/vm/drop_caches";

} // namespace

Result<void> drop_page_cache() {
    ::sync();
    const UniqueFd file(::open(drop_caches, O_WRONLY | O_CLOEXEC));
    if (file && ::write(file.get(), "3", 1) == 1)
        return {};
    Error error = fail_errno(errno, "drop the page cache", drop_caches).value();
    error.remedy = "Cold starts need root on the host; compare warm ones otherwise";
    return fail(std::move(error));
}

} // namespace isolab
