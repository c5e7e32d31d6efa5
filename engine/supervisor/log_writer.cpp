// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/supervisor/log_writer.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isolab::supervisor {
namespace {

constexpr std::size_t longest_line = 16384; // as Docker's log drivers cut them

std::filesystem::path numbered(const std::filesystem::path& file, unsigned number) {
    return number == 0 ? file : std::filesystem::path(file.string() + "." + std::to_string(number));
}

Result<void> write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(file, text.data(), text.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail_errno(errno, "write the log");
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

} // namespace

Result<LogWriter> LogWriter::open(std::filesystem::path file, const LogLimits& limits) {
    LogWriter writer(std::move(file), limits);
    if (limits.enabled)
        ISOLAB_TRY(writer.reopen());
    return writer;
}

Result<void> LogWriter::reopen() {
    log_.reset(::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    struct stat status {};
    if (!log_ || ::fstat(log_.get(), &status) != 0)
        return fail_errno(errno, "open log", file_.string());
    size_ = static_cast<std::uint64_t>(status.st_size);
    return {};
}

/// The numbers of older files grow; the oldest is overwritten. With one file it begins anew.
Result<void> LogWriter::rotate() {
    if (limits_.files <= 1) {
        if (::ftruncate(log_.get(), 0) != 0)
            return fail_errno(errno, "begin log anew", file_.string());
        size_ = 0;
        return {};
    }
    for (unsigned number = limits_.files - 1; number > 0; --number)
        if (::rename(numbered(file_, number - 1).c_str(), numbered(file_, number).c_str()) != 0 && errno != ENOENT)
            return fail_errno(errno, "rotate log", file_.string());
    return reopen();
}

void LogWriter::append(const std::string& lines) {
    if (lines.empty())
        return;
    Result<void> done;
    if (!log_) // after a rotation that found no room for a new file; the older ones stay as they are
        done = reopen();
    else if (size_ > 0 && size_ + lines.size() > limits_.largest_file)
        done = rotate();
    if (done)
        done = write_all(log_.get(), lines);
    if (done) {
        size_ += lines.size();
        return;
    }
    error_ = done.error().message();
    struct stat status {}; // part of it may have been written: no line may begin behind half of one
    if (::fstat(log_.get(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) > size_)
        (void)!::ftruncate(log_.get(), static_cast<off_t>(size_));
}

void LogWriter::write(bool error_stream, std::string_view bytes, Nanoseconds now) {
    if (!limits_.enabled)
        return;
    std::string& unfinished = unfinished_[error_stream ? 1 : 0];
    std::string lines;
    while (!bytes.empty()) {
        const std::size_t room = longest_line - unfinished.size();
        const std::size_t end = bytes.substr(0, room).find('\n');
        const std::size_t size = end == std::string_view::npos ? std::min(room, bytes.size()) : end + 1;
        unfinished += bytes.substr(0, size);
        bytes.remove_prefix(size);
        if (end == std::string_view::npos && unfinished.size() < longest_line)
            break;
        append_output_line(lines, unfinished, error_stream, now);
        unfinished.clear();
        if (lines.size() > limits_.largest_file / 2) { // one reading of us may be more than a file holds
            append(lines);
            lines.clear();
        }
    }
    append(lines);
}

void LogWriter::flush(Nanoseconds now) {
    std::string lines;
    for (std::size_t stream = 0; stream < unfinished_.size(); ++stream)
        if (!unfinished_[stream].empty()) {
            append_output_line(lines, unfinished_[stream], stream == 1, now);
            unfinished_[stream].clear();
        }
    if (limits_.enabled)
        append(lines);
}

} // namespace isolab::supervisor
