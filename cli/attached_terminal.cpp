// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/attached_terminal.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string>

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "cli/exit_code.h"

namespace isolab {
namespace {

constexpr std::array passed_on{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCONT};

/// Signals as a descriptor, for as long as it lives.
class SignalReader {
  public:
    SignalReader() {
        ::sigemptyset(&set_);
        ::sigaddset(&set_, SIGWINCH);
        for (const int number : passed_on)
            ::sigaddset(&set_, number);
        ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
        fd_.reset(::signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK));
    }
    SignalReader(const SignalReader&) = delete;
    SignalReader& operator=(const SignalReader&) = delete;
    ~SignalReader() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

    int fd() const noexcept { return fd_.get(); }
    int take() const {
        signalfd_siginfo info{};
        return ::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)
                   ? static_cast<int>(info.ssi_signo)
                   : 0;
    }

  private:
    sigset_t set_{};
    sigset_t before_{};
    UniqueFd fd_;
};

/// Our terminal in raw mode, for as long as it lives.
class RawTerminal {
  public:
    explicit RawTerminal(bool wanted) {
        if (!wanted || ::tcgetattr(STDIN_FILENO, &before_) != 0)
            return;
        termios raw = before_;
        ::cfmakeraw(&raw);
        changed_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    }
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;
    ~RawTerminal() {
        if (changed_)
            ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    }
    bool is_raw() const noexcept { return changed_; }

  private:
    termios before_{};
    bool changed_ = false;
};

class AttachedClient {
  public:
    AttachedClient(SupervisorClient& client, const AttachOptions& options)
        : client_(client), options_(options), raw_(options.terminal && options.input) {
        if (options_.terminal)
            send_size();
    }

    Result<std::optional<int>> run() {
        for (;;) {
            const bool wants_input = options_.input && input_open_ && pending_.empty();
            std::array<pollfd, 3> fds{
                {{client_.fd(), static_cast<short>(POLLIN | (pending_.empty() && !end_due_ ? 0 : POLLOUT)), 0},
                 {signals_.fd(), POLLIN, 0},
                 {wants_input ? STDIN_FILENO : -1, POLLIN, 0}}};
            if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
                return fail_errno(errno, "wait for the container");
            if ((fds[0].revents & POLLOUT) != 0)
                send_pending();
            if ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
                ISOLAB_ASSIGN(const auto code, take_packet());
                if (code)
                    return code;
            }
            if (fds[1].revents != 0)
                if (const auto ended_by = take_signal())
                    return 128 + *ended_by;
            if (fds[2].revents != 0 && read_input())
                return std::nullopt;
        }
    }

  private:
    void send_size() {
        winsize size{};
        if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 && ::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) != 0)
            return;
        [[maybe_unused]] const auto sent =
            client_.send(ClientWord::resize, std::to_string(size.ws_row) + " " + std::to_string(size.ws_col));
    }

    /// One that is to end this program and not the container.
    std::optional<int> take_signal() {
        const int number = signals_.take();
        if (number == SIGWINCH && options_.terminal)
            send_size();
        if (number == 0 || number == SIGWINCH)
            return std::nullopt;
        if (!options_.pass_signals)
            return number == SIGCONT ? std::nullopt : std::optional(number);
        [[maybe_unused]] const auto sent = client_.send(ClientWord::signal, std::to_string(number));
        return std::nullopt;
    }

    /// The exit code when it was the last one.
    Result<std::optional<int>> take_packet() {
        ISOLAB_ASSIGN(const auto heard, client_.receive());
        if (!heard)
            return fail(ErrorKind::unavailable, "stay attached to the container", {}, "its supervisor was ended",
                        "See isolab container inspect");
        switch (heard->word) {
        case SupervisorWord::out:
            write_out(STDOUT_FILENO, heard->rest);
            break;
        case SupervisorWord::err:
            write_out(STDERR_FILENO, heard->rest);
            break;
        case SupervisorWord::run_ended:
            break;
        case SupervisorWord::overtaken:
            return fail(ErrorKind::unavailable, "stay attached to the container", {},
                        "its output came faster than it could be shown", "See isolab container logs");
        case SupervisorWord::ended: {
            int code = 0;
            std::from_chars(heard->rest.data(), heard->rest.data() + heard->rest.size(), code);
            return std::optional(lost_ ? code_without_output(code) : code);
        }
        }
        return std::optional<int>{};
    }

    /// Of a workload whose output was lost.
    int code_without_output(int code) const {
        const ExitCode own = report_error(system_error(*lost_, "write", "standard output"));
        return code == 0 ? static_cast<int>(own) : code;
    }

    void write_out(int file, std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t count = ::write(file, bytes.data(), bytes.size());
            if (count < 0 && errno != EINTR && errno != EAGAIN) {
                if (file == STDOUT_FILENO && errno != EPIPE) // otherwise nobody reads it any more, and knows that
                    lost_ = errno;
                return; // the container goes on
            }
            if (count > 0)
                bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    /// True when the user has detached.
    bool read_input() {
        std::array<char, 16384> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
        const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            return false;
        if (count <= 0) {
            input_open_ = false;
            end_due_ = true;
            return false;
        }
        pending_ += options_.detach_keys.substr(0, held_);
        for (const char one : std::string_view(buffer.data(), static_cast<std::size_t>(count))) {
            pending_ += one;
            if (raw_.is_raw() && hold(one))
                return true;
        }
        pending_.resize(pending_.size() - held_); // they come with what is typed next, unless that completes the keys
        return false;
    }

    /// Counts how many of the keys the end of what was typed is. True when it is all of them.
    bool hold(char one) {
        const std::string& keys = options_.detach_keys;
        while (held_ > 0 && keys[held_] != one) // the longest beginning that still fits (Knuth, Morris, Pratt)
            held_ = shorter_beginning(held_);
        if (!keys.empty() && keys[held_] == one)
            ++held_;
        return !keys.empty() && held_ == keys.size();
    }
    std::size_t shorter_beginning(std::size_t length) const {
        const std::string_view keys = options_.detach_keys;
        for (std::size_t shorter = length - 1; shorter > 0; --shorter)
            if (keys.substr(length - shorter, shorter) == keys.substr(0, shorter))
                return shorter;
        return 0;
    }

    /// What the container does not take any more, because it has ended, is dropped: its end is told soon.
    void send_pending() {
        const auto sent = client_.try_send(ClientWord::input, pending_); // empty: the end
        if (sent && !*sent)
            return;
        if (!sent)
            input_open_ = false;
        if (!sent || pending_.empty())
            end_due_ = false;
        pending_.clear();
    }

    SupervisorClient& client_;
    AttachOptions options_;
    SignalReader signals_;
    RawTerminal raw_;
    std::string pending_;
    std::optional<int> lost_; ///< why standard output could not be written to (errno)
    std::size_t held_ = 0;    ///< keys that may become a detachment, and are not passed on yet
    bool input_open_ = true;
    bool end_due_ = false; ///< the end of input is to be told
};

} // namespace

Result<std::string> parse_detach_keys(const std::string& text) {
    std::string keys;
    for (std::size_t at = 0; at <= text.size() && !text.empty();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const std::string key = text.substr(at, end - at);
        const char last = key.empty() ? '\0' : key.back();
        if (key.size() == 1)
            keys += last;
        else if (key.size() == 6 && key.starts_with("ctrl-") && last >= 'a' && last <= 'z')
            keys += static_cast<char>(last - 'a' + 1);
        else if (key.size() == 6 && key.starts_with("ctrl-") && std::string_view("@[\\]^_").find(last) < 6)
            keys += static_cast<char>(last - '@');
        else
            return fail(
                ErrorKind::invalid_argument, "use keys", "\"" + text + "\"", "\"" + key + "\" is no key",
                "Write characters or ctrl-a to ctrl-z, ctrl-@, ctrl-[, ctrl-\\, ctrl-], ctrl-^, ctrl-_, with commas");
        at = end + 1;
    }
    return keys;
}

Result<std::optional<int>> attach_terminal(SupervisorClient& client, const AttachOptions& options) {
    return AttachedClient(client, options).run();
}

} // namespace isolab
