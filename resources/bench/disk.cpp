// SPDX-License-Identifier: GPL-3.0-or-later
//
// The kernels `read`, `write` and `fsync`.
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "resources/bench/loop.h"
#include "resources/bench/scratch_file.h"

namespace isolab::bench {

namespace {

constexpr std::size_t transfer = 128U << 10U;
constexpr std::size_t read_bytes = 32U << 20U;
constexpr std::size_t write_bytes = 16U << 20U;
constexpr std::size_t sync_block = 4096;

Work failed(std::string error) {
    Work work;
    work.error = std::move(error);
    return work;
}

/// Reads the file once, adding a byte of each block to the checksum; false with errno set when it is shorter.
bool read_through(int fd, std::vector<unsigned char>& block, Work& work) {
    errno = EIO;
    for (std::size_t at = 0; at < read_bytes; at += block.size()) {
        if (::pread(fd, block.data(), block.size(), static_cast<off_t>(at)) != static_cast<ssize_t>(block.size()))
            return false;
        work.checksum += block[at / block.size() % block.size()];
    }
    return true;
}

} // namespace

Work run_read(const Order& order) {
    const ScratchFile file(order.directory);
    if (!file.error().empty())
        return failed(file.error());
    std::vector<unsigned char> block = random_block(transfer, now_ns());
    if (!file.fill(read_bytes, block) || ::fdatasync(file.fd()) != 0)
        return failed(describe("write", file.path()));
    return repeat_timed(order, [&](Work& work) -> std::uint64_t {
        ::posix_fadvise(file.fd(), 0, 0, POSIX_FADV_DONTNEED); // where it has no effect, the cache is what is read
        const std::uint64_t start = now_ns();
        if (!read_through(file.fd(), block, work))
            work.error = describe("read", file.path());
        work.operations += read_bytes;
        return now_ns() - start;
    });
}

Work run_write(const Order& order) {
    const ScratchFile file(order.directory);
    if (!file.error().empty())
        return failed(file.error());
    std::vector<unsigned char> block = random_block(transfer, now_ns());
    return repeat(order, [&](Work& work) {
        std::memcpy(block.data(), &work.operations, sizeof work.operations); // other content each time
        if (::ftruncate(file.fd(), 0) != 0 || !file.fill(write_bytes, block))
            work.error = describe("write", file.path());
        else if (::fdatasync(file.fd()) != 0)
            work.error = describe("sync", file.path());
        work.checksum += block[work.operations / write_bytes % block.size()];
        work.operations += write_bytes;
    });
}

Work run_fsync(const Order& order) {
    const ScratchFile file(order.directory);
    if (!file.error().empty())
        return failed(file.error());
    std::vector<unsigned char> block = random_block(sync_block, now_ns());
    if (!file.fill(sync_block, block) || ::fdatasync(file.fd()) != 0)
        return failed(describe("write", file.path()));
    return repeat_each(order, [&](Work& work) {
        std::memcpy(block.data(), &work.operations, sizeof work.operations);
        if (!file.fill(sync_block, block) || ::fdatasync(file.fd()) != 0)
            work.error = describe("write and sync", file.path());
        work.checksum += block[work.operations % block.size()];
    });
}

} // namespace isolab::bench
