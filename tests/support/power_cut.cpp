// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/power_cut.h"

#include <cerrno>
#include <cstdint>

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "engine/base/unique_fd.h"

namespace isolab::test {
namespace {

constexpr unsigned long shut_down = _IOR('X', 125, std::uint32_t); // EXT4_IOC_SHUTDOWN
constexpr std::uint32_t without_the_journal = 2;                   // EXT4_GOING_FLAGS_NOLOGFLUSH

} // namespace

bool PowerCut::is_possible() { return ::geteuid() == 0 && ::access("/dev/loop-control", R_OK | W_OK) == 0; }

Result<PowerCut> PowerCut::prepare(const std::filesystem::path& folder) {
    PowerCut made(folder / "disk", folder / "mounted");
    ISOLAB_TRY(make_directories(made.place_));
    ISOLAB_TRY(run_checked({"truncate", "-s", "400M", made.disk_.string()}));
    ISOLAB_TRY(run_checked({"mke2fs", "-q", "-F", "-t", "ext4", made.disk_.string()}));
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return fail_errno(errno, "make a mount namespace");
    ISOLAB_TRY(made.mount());
    return made;
}

PowerCut::~PowerCut() {
    if (!place_.empty())
        ::umount2(place_.c_str(), MNT_DETACH);
}

Result<void> PowerCut::mount() const {
    ISOLAB_TRY(run_checked({"mount", "-o", "loop", disk_.string(), place_.string()}));
    return {};
}

Result<void> PowerCut::happen() const {
    {
        const UniqueFd fd(::open(place_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        std::uint32_t how = without_the_journal;
        if (!fd || ::ioctl(fd.get(), shut_down, &how) != 0)
            return fail_errno(errno, "cut the power of", place_.string());
    }
    ISOLAB_TRY(run_checked({"umount", place_.string()}));
    return mount();
}

} // namespace isolab::test
