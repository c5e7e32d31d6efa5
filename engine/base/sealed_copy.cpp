// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/sealed_copy.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isolab {
namespace {

static_assert(all_seals == (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));

constexpr int tries = 20;
constexpr useconds_t pause_us = 10'000;

/// The kernel refuses with EBUSY while anybody, such as its own page reclaim, holds one of the pages for a moment.
bool seal(const UniqueFd& copy) {
    for (int attempt = 1; ::fcntl(copy.get(), F_ADD_SEALS, all_seals) != 0; ++attempt) {
        if (errno != EBUSY || attempt == tries)
            return false;
        ::usleep(pause_us);
    }
    return true;
}

} // namespace

Result<UniqueFd> sealed_copy(const std::filesystem::path& program) {
    const UniqueFd file(::open(program.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0)
        return fail_errno(errno, "read program", program.string());
    UniqueFd copy(::memfd_create("isolab-runtime", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!copy)
        return fail_errno(errno, "copy program", program.string());
    for (off_t left = status.st_size; left > 0;) {
        const ssize_t sent = ::sendfile(copy.get(), file.get(), nullptr, static_cast<std::size_t>(left));
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return fail_errno(sent == 0 ? EIO : errno, "copy program", program.string());
        left -= sent;
    }
    if (!seal(copy))
        return fail_errno(errno, "seal the copy of program", program.string());
    return copy;
}

} // namespace isolab
