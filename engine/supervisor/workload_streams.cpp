// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/supervisor/workload_streams.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "engine/base/pipe.h"

namespace isolab::supervisor {
namespace {

constexpr std::size_t largest_read = 32000; // with its letter it fits a packet
constexpr char end_of_input = 0x04;         // Ctrl-D: a terminal has no other way to tell

Result<void> put(const UniqueFd& file, int place) {
    if (::dup2(file.get(), place) < 0)
        return fail_errno(errno, "arrange the workload's streams");
    return {};
}

Result<void> lead_nowhere() {
    const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null)
        return fail_errno(errno, "open", "/dev/null");
    for (const int place : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        ISOLAB_TRY(put(null, place));
    return {};
}

void do_not_block(const UniqueFd& file) { ::fcntl(file.get(), F_SETFL, O_NONBLOCK); }

} // namespace

Result<void> WorkloadStreams::prepare(bool input, bool terminal) {
    close();
    terminal_ = terminal;
    ISOLAB_TRY(lead_nowhere());
    if (terminal)
        return {};
    for (std::size_t stream = 0; stream < output_.size(); ++stream) {
        ISOLAB_ASSIGN(Pipe pipe, Pipe::create());
        ISOLAB_TRY(put(pipe.write, STDOUT_FILENO + static_cast<int>(stream)));
        output_[stream] = std::move(pipe.read);
        do_not_block(output_[stream]);
    }
    if (input) {
        ISOLAB_ASSIGN(Pipe pipe, Pipe::create());
        ISOLAB_TRY(put(pipe.read, STDIN_FILENO));
        input_ = std::move(pipe.write);
        do_not_block(input_);
    }
    return {};
}

Result<void> WorkloadStreams::started(UniqueFd master) {
    ISOLAB_TRY(lead_nowhere());
    if (!terminal_)
        return {};
    do_not_block(master);
    input_.reset(::fcntl(master.get(), F_DUPFD_CLOEXEC, 0));
    output_[0] = std::move(master);
    if (!input_)
        return fail_errno(errno, "duplicate the terminal");
    return {};
}

std::array<pollfd, 3> WorkloadStreams::watched(bool hold) const {
    const bool input = input_ && (!pending_.empty() || input_ended_);
    return {{{hold ? -1 : output_[0].get(), POLLIN, 0},
             {hold ? -1 : output_[1].get(), POLLIN, 0},
             {input ? input_.get() : -1, POLLOUT, 0}}};
}

std::string_view WorkloadStreams::read(int stream) {
    UniqueFd& from = output_[static_cast<std::size_t>(stream)];
    if (!from)
        return {};
    buffer_.resize(largest_read);
    const ssize_t count = ::read(from.get(), buffer_.data(), buffer_.size());
    if (count > 0)
        return {buffer_.data(), static_cast<std::size_t>(count)};
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) // EIO: every process of the terminal has ended
        from.reset();
    return {};
}

void WorkloadStreams::give(std::string_view bytes) {
    if (!input_ || input_ended_)
        return;
    pending_ += bytes;
    pass_input();
}

void WorkloadStreams::end_input() {
    if (!input_ || input_ended_)
        return;
    if (terminal_) {
        give({&end_of_input, 1});
        return;
    }
    input_ended_ = true;
    pass_input();
}

void WorkloadStreams::pass_input() {
    while (input_ && !pending_.empty()) {
        const ssize_t count = ::write(input_.get(), pending_.data(), pending_.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN)
            return;
        if (count < 0) { // nobody reads it any more
            pending_.clear();
            input_.reset();
            return;
        }
        pending_.erase(0, static_cast<std::size_t>(count));
    }
    if (input_ended_)
        input_.reset();
}

void WorkloadStreams::resize(unsigned short rows, unsigned short columns) const {
    if (!terminal_ || !output_[0])
        return;
    winsize size{};
    size.ws_row = rows;
    size.ws_col = columns;
    ::ioctl(output_[0].get(), TIOCSWINSZ, &size);
}

void WorkloadStreams::close() {
    for (UniqueFd& one : output_)
        one.reset();
    input_.reset();
    pending_.clear();
    input_ended_ = false;
}

} // namespace isolab::supervisor
