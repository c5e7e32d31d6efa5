// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/process_identity.h"

#include <algorithm>
#include <cerrno>
#include <sstream>

#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

tl::unexpected<Error> no_process(pid_t pid) {
    return fail(ErrorKind::not_found, "find process", std::to_string(pid), "it has ended");
}

struct ProcessMoment {
    bool ended = false; ///< though nobody has reaped it yet
    std::uint64_t start = 0;
};

Result<ProcessMoment> moment_of(pid_t pid) {
    const auto text = read_file("/proc/" + std::to_string(pid) + "/stat");
    if (!text) // ESRCH for one that is reaped while it is read
        return no_process(pid);
    // "PID (NAME) STATE ...": the name may hold anything; the start time is field 22, the state field 3.
    std::istringstream fields(text->substr(std::min(text->size(), text->rfind(')') + 1)));
    std::string state;
    std::string skipped;
    ProcessMoment moment;
    fields >> state;
    for (int field = 4; field < 22; ++field)
        fields >> skipped;
    fields >> moment.start;
    if (!fields)
        return no_process(pid);
    moment.ended = state == "Z" || state == "X";
    return moment;
}

} // namespace

Result<ProcessIdentity> identify_process(pid_t pid) {
    ISOLAB_ASSIGN(const ProcessMoment moment, moment_of(pid));
    return ProcessIdentity{pid, moment.start};
}

Result<UniqueFd> open_process(const ProcessIdentity& process) {
    UniqueFd opened(process.pid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)) : -1);
    if (!opened && process.pid > 0 && errno != ESRCH)
        return fail_errno(errno, "watch process", std::to_string(process.pid));
    if (!opened)
        return no_process(process.pid);
    const auto moment = moment_of(process.pid); // read after the descriptor was opened: it is of this process
    if (!moment || moment->ended || moment->start != process.start_time || !has_number(opened))
        return no_process(process.pid);
    return opened;
}

bool has_number(const UniqueFd& process) noexcept {
    return ::syscall(SYS_pidfd_send_signal, process.get(), 0, nullptr, 0) == 0 || errno == EPERM;
}

} // namespace isolab
