// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/created_names.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <sys/inotify.h>
#include <unistd.h>

namespace isolab::test {

CreatedNames::CreatedNames(const std::filesystem::path& folder) : watch_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    if (!watch_ || ::inotify_add_watch(watch_.get(), folder.c_str(), IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0)
        throw std::system_error(errno, std::generic_category(), "watch " + folder.string());
}

const std::set<std::string>& CreatedNames::so_far() {
    std::array<char, 8192> buffer{};
    for (ssize_t size = 0; (size = ::read(watch_.get(), buffer.data(), buffer.size())) > 0;) {
        for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            if ((event.mask & IN_Q_OVERFLOW) != 0)
                throw std::system_error(EOVERFLOW, std::generic_category(), "watch a folder");
            const char* name = buffer.data() + at + sizeof event;
            if (event.len > 0 && *name != '.')
                names_.insert(name);
            at += sizeof event + event.len;
        }
    }
    return names_;
}

} // namespace isolab::test
