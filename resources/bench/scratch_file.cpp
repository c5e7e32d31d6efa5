// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/bench/scratch_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

#include "resources/bench/loop.h"

namespace isolab::bench {

std::string describe(const char* operation, const std::string& subject) {
    return std::string(operation) + " " + subject + ": " + std::strerror(errno);
}

ScratchFile::ScratchFile(const std::string& directory) : path_(directory + "/isolab-bench.XXXXXX") {
    fd_ = ::mkstemp(path_.data());
    if (fd_ < 0)
        error_ = describe("create", path_);
    else
        ::unlink(path_.c_str());
}

ScratchFile::~ScratchFile() {
    if (fd_ >= 0)
        ::close(fd_);
}

bool ScratchFile::fill(std::size_t bytes, const std::vector<unsigned char>& block) const {
    errno = ENOSPC; // what a short write means
    for (std::size_t at = 0; at < bytes; at += block.size())
        if (::pwrite(fd_, block.data(), block.size(), static_cast<off_t>(at)) != static_cast<ssize_t>(block.size()))
            return false;
    return true;
}

std::vector<unsigned char> random_block(std::size_t bytes, std::uint64_t seed) {
    std::vector<unsigned char> block(bytes);
    std::uint64_t state = seed | 1U;
    for (std::size_t at = 0; at + sizeof state <= bytes; at += sizeof state) {
        const std::uint64_t value = next_random(state);
        std::memcpy(block.data() + at, &value, sizeof value);
    }
    return block;
}

} // namespace isolab::bench
