// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"

namespace isolab {

/// Something that happens once: set by one thread, waited for by any with poll(2), next to other descriptors.
class Event {
  public:
    void set() noexcept {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
    }
    /// Readable for good once set; not to be read from.
    int fd() const noexcept { return fd_.get(); }

  private:
    UniqueFd fd_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

} // namespace isolab
