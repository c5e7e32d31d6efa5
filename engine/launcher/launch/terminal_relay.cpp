// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch/terminal_relay.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace isolab::launcher {
namespace {

constexpr char end_of_input = 0x04; // Ctrl-D: a terminal has no other way to tell

void write_out(const char* data, std::size_t size) {
    while (size > 0) {
        const ssize_t count = ::write(STDOUT_FILENO, data, size);
        if (count < 0 && errno == EAGAIN) { // the caller's output may be non-blocking, and its reader slow
            pollfd room{STDOUT_FILENO, POLLOUT, 0};
            ::poll(&room, 1, -1);
            continue;
        }
        if (count < 0 && errno != EINTR)
            return; // nobody listens any more
        if (count > 0) {
            data += count;
            size -= static_cast<std::size_t>(count);
        }
    }
}

} // namespace

TerminalRelay::TerminalRelay(UniqueFd master) : master_(std::move(master)) {
    ::fcntl(master_.get(), F_SETFL, O_NONBLOCK); // a workload that does not read must not hold its own output up
    termios settings{};
    if (::tcgetattr(STDIN_FILENO, &settings) != 0)
        return;
    before_ = settings;
    ::cfmakeraw(&settings);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &settings);
    resize();
}

TerminalRelay::~TerminalRelay() {
    if (before_)
        ::tcsetattr(STDIN_FILENO, TCSANOW, &*before_);
}

std::vector<pollfd> TerminalRelay::watched() const {
    const short to_workload = pending_.empty() ? 0 : POLLOUT;
    const bool wants_input = input_open_ && pending_.empty(); // what the workload has not read stays with the caller
    return {{master_.get(), static_cast<short>(POLLIN | to_workload), 0}, {wants_input ? STDIN_FILENO : -1, POLLIN, 0}};
}

void TerminalRelay::serve(const std::vector<pollfd>& ready) {
    if (ready[1].revents != 0)
        take_input();
    if (!pending_.empty())
        pass_input();
    if ((ready[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !copy_output())
        master_.reset(); // every process of the terminal has ended
}

void TerminalRelay::resize() const {
    winsize size{};
    if (::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
        ::ioctl(master_.get(), TIOCSWINSZ, &size);
}

void TerminalRelay::drain() {
    while (master_ && copy_output()) {
        pollfd more{master_.get(), POLLIN, 0};
        if (::poll(&more, 1, 0) <= 0)
            return;
    }
}

/// False when there will be no more.
bool TerminalRelay::copy_output() {
    std::array<char, 16384> buffer{};
    const ssize_t count = ::read(master_.get(), buffer.data(), buffer.size());
    if (count > 0)
        write_out(buffer.data(), static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

void TerminalRelay::take_input() {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count > 0)
        pending_.assign(buffer.data(), static_cast<std::size_t>(count));
    else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
        input_open_ = false;
        pending_.assign(1, end_of_input);
    }
}

void TerminalRelay::pass_input() {
    const ssize_t count = ::write(master_.get(), pending_.data(), pending_.size());
    if (count > 0)
        pending_.erase(0, static_cast<std::size_t>(count));
    else if (count < 0 && errno != EAGAIN && errno != EINTR)
        pending_.clear();
}

} // namespace isolab::launcher
