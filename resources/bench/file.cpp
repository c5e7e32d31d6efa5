// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

#include "resources/bench/loop.h"
#include "resources/bench/scratch_file.h"

namespace isolab::bench {

namespace {

constexpr std::size_t block_size = 4096;
constexpr int blocks_per_file = 256;
using Block = std::array<unsigned char, block_size>;

/// Writes, reads back, and compares one block; false with errno set when anything differs.
bool write_and_read(int fd, off_t offset, const Block& out, Block& in) {
    errno = EIO;
    return ::pwrite(fd, out.data(), out.size(), offset) == static_cast<ssize_t>(out.size()) &&
           ::pread(fd, in.data(), in.size(), offset) == static_cast<ssize_t>(in.size()) && in == out;
}

} // namespace

Work run_file(const Order& order) {
    std::string path = order.directory + "/isolab-bench.XXXXXX";
    const int fd = ::mkstemp(path.data());
    if (fd < 0) {
        Work failed;
        failed.error = describe("create", path);
        return failed;
    }
    ::unlink(path.c_str());
    Block out{};
    Block in{};
    std::uint64_t state = 88172645463325252ULL;
    Work result = repeat(order, [&](Work& work) {
        for (int i = 0; i < blocks_per_file; ++i) {
            const std::uint64_t stamp = next_random(state);
            std::memcpy(out.data(), &stamp, sizeof stamp);
            if (!write_and_read(fd, i * static_cast<off_t>(block_size), out, in)) {
                work.error = describe("write and read", path);
                return;
            }
            work.checksum += in[0];
        }
        if (::fdatasync(fd) != 0 || ::ftruncate(fd, 0) != 0)
            work.error = describe("sync", path);
        work.operations += blocks_per_file;
    });
    ::close(fd);
    return result;
}

} // namespace isolab::bench
