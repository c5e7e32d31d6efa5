// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/output_log.h"

#include <array>
#include <cerrno>
#include <deque>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"

namespace isolab {
namespace {

constexpr std::chrono::milliseconds between_looks{50};

/// One file of the log, read line by line as far as it goes.
class LogFile {
  public:
    explicit LogFile(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

    /// Reads what there is by now.
    Result<void> read_on(const LineSink& sink) {
        std::array<char, 65536> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
        for (;;) {
            const ssize_t size = ::read(fd_.get(), buffer.data(), buffer.size());
            if (size < 0 && errno == EINTR)
                continue;
            if (size < 0)
                return fail_errno(errno, "read the log");
            if (size == 0)
                return {};
            text_.append(buffer.data(), static_cast<std::size_t>(size));
            ISOLAB_TRY(take_lines(sink));
        }
    }

    /// The name belongs to another file now: this one was rotated.
    bool was_rotated(const std::filesystem::path& path) const {
        struct stat own {};
        struct stat named {};
        return ::fstat(fd_.get(), &own) == 0 && ::stat(path.c_str(), &named) == 0 && own.st_ino != named.st_ino;
    }

  private:
    Result<void> take_lines(const LineSink& sink) {
        std::size_t begin = 0;
        for (auto end = text_.find('\n'); end != std::string::npos; end = text_.find('\n', begin)) {
            if (const auto line = parse_output_line(std::string_view(text_).substr(begin, end - begin)))
                ISOLAB_TRY(sink(*line));
            begin = end + 1;
        }
        text_.erase(0, begin);
        return {};
    }

    UniqueFd fd_;
    std::string text_;
};

/// LOG.2, LOG.1: the oldest first.
std::vector<std::filesystem::path> rotated_files(const std::filesystem::path& file) {
    std::deque<std::filesystem::path> found;
    std::error_code failed;
    for (unsigned number = 1;; ++number) {
        const std::filesystem::path older = file.string() + "." + std::to_string(number);
        if (!std::filesystem::exists(older, failed))
            return {found.begin(), found.end()};
        found.push_front(older);
    }
}

} // namespace

Result<void> read_output_log(const std::filesystem::path& file, const LogQuery& query, const LineSink& sink,
                             const std::function<bool()>& is_running, const StopToken& stop) {
    const auto wanted = [&](const OutputLine& line) {
        return (!query.since || line.time >= *query.since) && (!query.until || line.time <= *query.until);
    };
    std::deque<OutputLine> last;
    const LineSink collect = [&](const OutputLine& line) -> Result<void> {
        if (!wanted(line))
            return {};
        if (!query.tail)
            return sink(line);
        last.push_back(line);
        if (last.size() > *query.tail)
            last.pop_front();
        return {};
    };
    for (const auto& older : rotated_files(file))
        if (LogFile log(older); log)
            ISOLAB_TRY(log.read_on(collect));
    auto current = std::make_unique<LogFile>(file);
    if (!*current)
        return fail_errno(errno, "read the log", file.string());
    bool running = is_running && is_running(); // asked before the last look, so that nothing is missed
    ISOLAB_TRY(current->read_on(collect));
    for (const OutputLine& line : last)
        ISOLAB_TRY(sink(line));
    const LineSink pass = [&](const OutputLine& line) { return wanted(line) ? sink(line) : Result<void>{}; };
    while (running && !stop.wait_for(between_looks)) {
        running = is_running();
        ISOLAB_TRY(current->read_on(pass));
        if (current->was_rotated(file)) {
            auto next = std::make_unique<LogFile>(file);
            ISOLAB_TRY(current->read_on(pass)); // written between the reading and the rotation
            if (*next)
                current = std::move(next);
            ISOLAB_TRY(current->read_on(pass));
        }
    }
    return {};
}

} // namespace isolab
