// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/oci/error_relay.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace isolab::launcher {
namespace {

void write_error_text(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
        if (written < 0 && errno != EINTR)
            return; // nobody reads it any more
        text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
}

} // namespace

ErrorRelay::ErrorRelay(UniqueFd end) : end_(std::move(end)) { ::fcntl(end_.get(), F_SETFL, O_NONBLOCK); }

void ErrorRelay::take(std::string& text) {
    std::array<char, 4096> buffer{};
    while (end_) {
        const ssize_t count = ::read(end_.get(), buffer.data(), buffer.size());
        if (count > 0)
            text.append(buffer.data(), static_cast<std::size_t>(count));
        else if (count == 0)
            end_.reset();
        else if (errno != EINTR)
            return;
    }
}

std::vector<pollfd> ErrorRelay::watched() const {
    return end_ ? std::vector<pollfd>{{end_.get(), POLLIN, 0}} : std::vector<pollfd>{};
}

void ErrorRelay::serve(const std::vector<pollfd>& ready) {
    if (!ready.empty() && ready.front().revents != 0)
        drain();
}

void ErrorRelay::drain() {
    std::string text;
    take(text);
    write_error_text(text);
}

} // namespace isolab::launcher
