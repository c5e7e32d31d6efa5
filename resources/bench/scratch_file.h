// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "resources/bench/kernel.h"

namespace isolab::bench {

/// "OPERATION SUBJECT: what errno says".
std::string describe(const char* operation, const std::string& subject);

/// A file without a name in a folder: it is gone when nobody has it open any more, however its process ends.
class ScratchFile {
  public:
    explicit ScratchFile(const std::string& directory);
    ~ScratchFile();
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    int fd() const noexcept { return fd_; } ///< -1 when there is none
    const std::string& path() const noexcept { return path_; }
    const std::string& error() const noexcept { return error_; } ///< why there is none

    /// Writes `bytes`, a multiple of the block's size, from the begin on; false with errno set when anything is
    /// missing.
    bool fill(std::size_t bytes, const std::vector<unsigned char>& block) const;

  private:
    std::string path_;
    std::string error_;
    int fd_ = -1;
};

/// A block of bytes that cannot be compressed.
std::vector<unsigned char> random_block(std::size_t bytes, std::uint64_t seed);

} // namespace isolab::bench
