// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/error.h"
#include "engine/runtime/supervision.h"

namespace isolab::supervisor {

/// The report of a container, on disk. With space kept for one report ahead, so that a disk that is full by then does
/// not hide how a container ended.
class ReportFile {
  public:
    explicit ReportFile(std::filesystem::path file) : file_(std::move(file)), spare_(file_.string() + ".spare") {}

    /// Keeps space for a write(), unless there is some already.
    Result<void> reserve() const;

    /// Replaces the report in one step.
    Result<void> write(const SupervisionReport& report) const;

  private:
    Result<void> write_into_spare(SupervisionReport report) const;

    std::filesystem::path file_;
    std::filesystem::path spare_;
};

} // namespace isolab::supervisor
