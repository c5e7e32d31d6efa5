// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/command/log.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/base/utc_time.h"

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
    const std::string time = utc_text(realtime_now(), 0);
    std::string line =
        json_
            ? Json{{"level", level}, {"msg", text}, {"time", time}}.dump(-1, ' ', false, Json::error_handler_t::replace)
            : time + " " + std::string(level) + ": " + std::string(text);
    line += '\n';
    (void)!::write(fd_, line.data(), line.size());
}

} // namespace isolab::launcher
