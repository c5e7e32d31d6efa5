// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/log.h"

#include <array>
#include <cerrno>
#include <ctime>

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
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

} // namespace isolab::launcher
