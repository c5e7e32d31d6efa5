// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/supervisor/report_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"

namespace isolab::supervisor {
namespace {

constexpr off_t spare_size = 8192; // bytes; a report without what health checks printed is far smaller

} // namespace

Result<void> ReportFile::reserve() const {
    UniqueFd spare(::open(spare_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!spare)
        return fail_errno(errno, "keep space for the report", spare_.string());
    if (const int error = ::posix_fallocate(spare.get(), 0, spare_size); error != 0) {
        ::unlink(spare_.c_str());
        return fail_errno(error, "keep space for the report", spare_.string());
    }
    return {};
}

Result<void> ReportFile::write(const SupervisionReport& report) const {
    auto written = write_file_atomically(file_, report_to_json(report).dump(), 0600);
    return written || write_into_spare(report) ? Result<void>{} : written;
}

Result<void> ReportFile::write_into_spare(SupervisionReport report) const {
    if (report.health)
        report.health->probes.clear();
    std::string text = report_to_json(report).dump();
    if (text.size() > spare_size) {
        report.warnings.clear();
        text = report_to_json(report).dump();
    }
    const UniqueFd spare(::open(spare_.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!spare)
        return fail_errno(errno, "open", spare_.string());
    if (::pwrite(spare.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()) ||
        ::ftruncate(spare.get(), static_cast<off_t>(text.size())) != 0 || ::rename(spare_.c_str(), file_.c_str()) != 0)
        return fail_errno(errno, "write", spare_.string());
    [[maybe_unused]] const auto kept = reserve(); // the old report has gone: there may be space again
    return {};
}

} // namespace isolab::supervisor
