// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/command/log.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/json.h"

namespace isolab::launcher {

Result<Log> Log::open(const Options& options) {
    if (!options.log)
        return Log(-1, false);
    const int fd = ::open(options.log->c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail_errno(errno, "open log", options.log->string());
    return Log(fd, options.log_json);
}

void Log::write(std::string_view level, std::string_view text) const {
    if (fd_ < 0)
        return;
    std::string line = json_ ? Json{{"level", level}, {"msg", text}, {"time", time_text()}}.dump(
                                   -1, ' ', false, Json::error_handler_t::replace)
                             : time_text() + " " + std::string(level) + ": " + std::string(text);
    line += '\n';
    (void)!::write(fd_, line.data(), line.size());
}

std::string time_text() {
    using namespace std::chrono; // gmtime_r(3) would read the time zone's file first
    const auto now = floor<seconds>(system_clock::now());
    const auto day = floor<days>(now);
    const year_month_day date(day);
    const hh_mm_ss time(now - day);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text.data();
}

} // namespace isolab::launcher
