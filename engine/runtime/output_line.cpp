// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/output_line.h"

#include "engine/base/json.h"
#include "engine/base/utc_time.h"

namespace isolab {

void append_output_line(std::string& log, std::string_view text, bool error_stream, Nanoseconds time) {
    log += "{\"log\":";
    log += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    log += error_stream ? R"(,"stream":"stderr","time":")" : R"(,"stream":"stdout","time":")";
    log += utc_text(time);
    log += "\"}\n";
}

Result<OutputLine> parse_output_line(std::string_view line) {
    const std::string subject = "a line of the log";
    ISOLAB_ASSIGN(const Json document, parse_json(line, subject));
    OutputLine result;
    ISOLAB_ASSIGN(result.text, json_string(document, "log", subject));
    ISOLAB_ASSIGN(const std::string stream, json_string(document, "stream", subject));
    ISOLAB_ASSIGN(const std::string time, json_string(document, "time", subject));
    const auto parsed = parse_utc_text(time);
    if (!parsed)
        return fail(ErrorKind::corrupt, "read", subject, "its time is no time: " + time);
    result.error_stream = stream == "stderr";
    result.time = *parsed;
    return result;
}

} // namespace isolab
