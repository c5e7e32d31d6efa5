// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/file_digest.h"

#include <cerrno>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"
#include "engine/digest/hasher.h"

namespace isolab {

Result<std::string> sha256_of_file(const std::filesystem::path& file, const StopToken& stop) {
    constexpr std::size_t piece = 1U << 20U;
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd)
        return fail_errno(errno, "open", file.string());
    ISOLAB_ASSIGN(Hasher hasher, Hasher::create());
    std::vector<char> buffer(piece);
    for (;;) {
        ISOLAB_TRY(stop.check("compute the digest of " + file.string()));
        const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fail_errno(errno, "read", file.string());
        if (size == 0)
            return hasher.finish().hex();
        hasher.update(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
    }
}

} // namespace isolab
