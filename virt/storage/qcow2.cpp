// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/storage/qcow2.h"

#include <cerrno>
#include <string>

#include <endian.h>
#include <fcntl.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"

namespace isolab {
namespace {

constexpr unsigned cluster_bits = 16;
constexpr std::uint64_t cluster_size = 1U << cluster_bits;
constexpr std::uint64_t bytes_per_l1_entry = cluster_size * (cluster_size / 8);
constexpr std::uint32_t backing_format_extension = 0xE2792ACA;
constexpr std::uint32_t header_length = 104;

// One cluster each, in this order: header, refcount table, refcount block, L1 table.
constexpr std::uint64_t refcount_table_at = 1 * cluster_size;
constexpr std::uint64_t refcount_block_at = 2 * cluster_size;
constexpr std::uint64_t l1_table_at = 3 * cluster_size;
constexpr unsigned used_clusters = 4;

/// Appends numbers in big endian order, as qcow2 stores them.
class BigEndian {
  public:
    BigEndian& u32(std::uint32_t value) { return append(htobe32(value)); }
    BigEndian& u64(std::uint64_t value) { return append(htobe64(value)); }
    BigEndian& u16(std::uint16_t value) { return append(htobe16(value)); }
    BigEndian& text(const std::string& value) {
        bytes_ += value;
        return *this;
    }
    const std::string& bytes() const { return bytes_; }

  private:
    template <class T> BigEndian& append(T value) {
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); // NOLINT
        return *this;
    }
    std::string bytes_;
};

std::string header(const std::string& base, std::string format, std::uint64_t size) {
    // The header, the extension with the format of the base padded to 8 bytes, the end of extensions, then the name.
    constexpr std::uint64_t name_at = header_length + 16 + 8;
    BigEndian out;
    out.text("QFI\xfb").u32(3).u64(name_at).u32(static_cast<std::uint32_t>(base.size()));
    out.u32(cluster_bits).u64(size).u32(0);
    out.u32(static_cast<std::uint32_t>((size + bytes_per_l1_entry - 1) / bytes_per_l1_entry)).u64(l1_table_at);
    out.u64(refcount_table_at).u32(1).u32(0).u64(0);
    out.u64(0).u64(0).u64(0).u32(4).u32(header_length); // no features; refcounts of 2^4 bits
    out.u32(backing_format_extension).u32(static_cast<std::uint32_t>(format.size()));
    format.resize(8);
    out.text(format);
    out.u32(0).u32(0).text(base);
    return out.bytes();
}

std::string refcount_block() {
    BigEndian out;
    for (unsigned i = 0; i < used_clusters; ++i)
        out.u16(1);
    return out.bytes();
}

bool write_at(int fd, std::uint64_t offset, const std::string& bytes) {
    return ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)) == static_cast<ssize_t>(bytes.size());
}

} // namespace

Result<void> create_qcow2_overlay(const std::filesystem::path& path, const std::filesystem::path& base,
                                  std::uint64_t size, DiskFormat base_format) {
    const std::string name = base.string();
    if (name.size() > 1023 || size == 0 || size % 512 != 0 || size > bytes_per_l1_entry * (cluster_size / 8))
        return fail(ErrorKind::invalid_argument, "create disk layer", path.string(),
                    "base name or size is out of range");
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd)
        return fail_errno(errno, "create disk layer", path.string());
    if (!write_at(fd.get(), 0, header(name, disk_format_id(base_format), size)) ||
        !write_at(fd.get(), refcount_table_at, BigEndian().u64(refcount_block_at).bytes()) ||
        !write_at(fd.get(), refcount_block_at, refcount_block()) ||
        ::ftruncate(fd.get(), static_cast<off_t>(used_clusters * cluster_size)) != 0) {
        const int error = errno;
        ::unlink(path.c_str());
        return fail_errno(error, "write disk layer", path.string());
    }
    return {};
}

} // namespace isolab
