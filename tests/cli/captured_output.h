// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/unique_fd.h"

namespace isolab::test {

/// Leads a standard stream of this process into `file`, until it goes out of scope.
class CapturedStream {
  public:
    CapturedStream(int stream, std::filesystem::path file) : stream_(stream), file_(std::move(file)) {
        std::fflush(nullptr);
        before_ = UniqueFd(::fcntl(stream_, F_DUPFD_CLOEXEC, 3));
        const UniqueFd fd(::open(file_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        ::dup2(fd.get(), stream_);
    }
    CapturedStream(const CapturedStream&) = delete;
    CapturedStream& operator=(const CapturedStream&) = delete;
    ~CapturedStream() {
        std::fflush(nullptr);
        ::dup2(before_.get(), stream_);
    }

    /// What was written by now.
    std::string text() const {
        std::fflush(nullptr);
        return read_file(file_).value_or("");
    }

  private:
    int stream_;
    std::filesystem::path file_;
    UniqueFd before_;
};

} // namespace isolab::test
