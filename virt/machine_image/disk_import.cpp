// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/disk_import.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "virt/machine_image/image_tools.h"
#include "virt/machine_image/partition_table.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t beginning_bytes = 65536; ///< with all that tells a format
constexpr const char* import_verb = "import the disk";

/// How files of other kinds begin, or what they have at a place.
struct ForeignFormat {
    std::size_t at;
    std::string_view magic;
    const char* name;
};
constexpr std::array foreign_formats{ForeignFormat{0, "KDMV", "a VMDK disk"},
                                     ForeignFormat{0, "# Disk DescriptorFile", "the description of a VMDK disk"},
                                     ForeignFormat{0x40, "\x7f\x10\xda\xbe", "a VDI disk"},
                                     ForeignFormat{0, "vhdxfile", "a VHDX disk"},
                                     ForeignFormat{0, "conectix", "a VHD disk"},
                                     ForeignFormat{0, "QED", "a QED disk"},
                                     ForeignFormat{0, "\x1f\x8b", "compressed with gzip"},
                                     ForeignFormat{0,
                                                   "\xfd"
                                                   "7zXZ",
                                                   "compressed with xz"},
                                     ForeignFormat{0, "\x28\xb5\x2f\xfd", "compressed with zstd"},
                                     ForeignFormat{32769, "CD001", "an installation medium (ISO 9660)"}};

std::uint64_t big_endian_at(std::string_view bytes, std::size_t at, unsigned size) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i)
        value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

tl::unexpected<Error> refused(ErrorKind kind, const std::string& subject, const std::string& cause,
                              const std::string& remedy = {}) {
    return fail(kind, import_verb, subject, cause, remedy);
}

/// QEMU's docs/interop/qcow2.txt: what makes a qcow2 depend on something else, or says that it is damaged.
Result<void> check_qcow2_header(std::string_view header, const std::string& subject) {
    constexpr std::size_t shortest = 72;
    constexpr std::uint64_t corrupt_bit = 2;
    constexpr std::uint64_t data_file_bit = 4;
    const char* const alone = "Make it one that needs no other file: qemu-img convert -O qcow2 FILE NEW";
    if (header.size() < shortest)
        return refused(ErrorKind::corrupt, subject, "the header of the qcow2 is cut off");
    const std::uint64_t version = big_endian_at(header, 4, 4);
    if (version != 2 && version != 3)
        return refused(ErrorKind::unsupported, subject, "qcow2 of version " + std::to_string(version));
    if (big_endian_at(header, 8, 8) != 0 || big_endian_at(header, 16, 4) != 0)
        return refused(ErrorKind::unsupported, subject, "it is only the changes to another file, its backing file",
                       alone);
    if (big_endian_at(header, 32, 4) != 0)
        return refused(ErrorKind::unsupported, subject, "it is encrypted", alone);
    const std::uint64_t features = version == 3 && header.size() >= 80 ? big_endian_at(header, 72, 8) : 0;
    if ((features & data_file_bit) != 0)
        return refused(ErrorKind::unsupported, subject, "its content is in another file, its data file", alone);
    if ((features & corrupt_bit) != 0)
        return refused(ErrorKind::corrupt, subject, "QEMU has marked it as damaged",
                       "qemu-img check -r all may mend it");
    return {};
}

struct SourceDisk {
    fs::path path; ///< absolute: QEMU takes what has a colon before the first slash for a protocol
    std::string beginning;
    std::uint64_t size = 0; ///< of the file
};

Result<SourceDisk> open_source(const fs::path& file) {
    std::error_code error;
    SourceDisk source{fs::absolute(file, error).lexically_normal(), {}, 0};
    UniqueFd opened(::open(source.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!opened)
        return fail_errno(errno, import_verb, file.string());
    ISOLAB_ASSIGN(const UniqueFd fd, require_regular_file(std::move(opened), file.string()));
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0)
        return fail_errno(errno, import_verb, file.string());
    source.size = static_cast<std::uint64_t>(status.st_size);
    source.beginning.resize(beginning_bytes);
    const ssize_t size = ::pread(fd.get(), source.beginning.data(), source.beginning.size(), 0);
    if (size < 0)
        return fail_errno(errno, import_verb, file.string());
    source.beginning.resize(static_cast<std::size_t>(size));
    return source;
}

/// qemu-img(1): 0 is sound, 3 has clusters that nothing refers to, which does no harm.
Result<void> check_qcow2(const SourceDisk& source, const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string program, find_image_tool(qemu_img));
    ISOLAB_ASSIGN(const CommandOutput checked,
                  run_image_tool({program, "check", "-f", "qcow2", source.path.string()}, stop));
    const std::string said = last_words(checked.err);
    if (checked.err.find("lock") != std::string::npos && checked.code == 1)
        return refused(ErrorKind::unavailable, source.path.string(), "another process uses it: " + said,
                       "Stop its machine first");
    if (checked.code != 0 && checked.code != 3)
        return refused(ErrorKind::corrupt, source.path.string(), "qemu-img check: " + said);
    if (const auto at = checked.err.find("Image end offset: "); at != std::string::npos) {
        std::uint64_t end = 0;
        const char* const digits = checked.err.c_str() + at + 18;
        std::from_chars(digits, checked.err.c_str() + checked.err.size(), end);
        const std::uint64_t cluster = std::uint64_t{1} << (big_endian_at(source.beginning, 20, 4) & 31U);
        if (end >= source.size + cluster) // the last one may be written in part
            return refused(ErrorKind::corrupt, source.path.string(), "it is truncated");
    }
    return {};
}

Result<std::uint64_t> virtual_size(const fs::path& disk, const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string program, find_image_tool(qemu_img));
    ISOLAB_ASSIGN(const std::string text,
                  run_checked({program, "info", "-f", "qcow2", "--output=json", disk.string()}, stop));
    ISOLAB_ASSIGN(const Json document, parse_json(text, disk.string()));
    ISOLAB_ASSIGN(const auto size, json_optional_unsigned(document, "virtual-size", disk.string()));
    return size.value_or(0);
}

/// The first sectors that a machine sees.
Result<std::string> read_head(const fs::path& disk, const fs::path& folder, const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string program, find_image_tool(qemu_img));
    const fs::path head = folder / "head";
    ISOLAB_TRY(check_image_tool({program, "dd", "-f", "qcow2", "-O", "raw", "bs=65536", "count=1",
                                 "if=" + disk.string(), "of=" + head.string()},
                                stop));
    return read_file(head);
}

/// The percentage in "    (12.34/100%)".
std::optional<unsigned> percentage(const std::string& line) {
    const auto at = line.find('(');
    unsigned value = 0;
    if (at == std::string::npos || line.find("/100%)") == std::string::npos)
        return std::nullopt;
    std::from_chars(line.c_str() + at + 1, line.c_str() + line.size(), value);
    return value;
}

/// What the copy says about itself.
Result<void> describe_copy(MachineImage& image, const fs::path& disk, const fs::path& folder,
                           const std::string& subject, const StopToken& stop) {
    ISOLAB_ASSIGN(image.disk_size, virtual_size(disk, stop));
    ISOLAB_ASSIGN(const std::string head, read_head(disk, folder, stop));
    ISOLAB_TRY(recognise_disk(head, subject)); // a medium may be wrapped in a qcow2
    ISOLAB_ASSIGN(const PartitionTable table, read_partition_table(head, subject));
    if (table.end > image.disk_size / sector_bytes)
        return refused(ErrorKind::corrupt, subject,
                       "it is truncated: its partitions end at sector " + std::to_string(table.end) + ", it has only " +
                           std::to_string(image.disk_size / sector_bytes));
    if (!table.boot_code && !table.efi_system)
        return refused(ErrorKind::unsupported, subject, "neither a BIOS nor UEFI could start it: it has no boot loader",
                       "Import a disk that a system was installed on");
    image.firmware = {table.boot_code, table.efi_system};
    return {};
}

std::string default_name(const fs::path& file) {
    std::string name = file.filename().string();
    for (const std::string_view ending : {".qcow2", ".img", ".raw"})
        if (name.ends_with(ending))
            name.erase(name.size() - ending.size());
    return name;
}

} // namespace

Result<DiskFormat> recognise_disk(std::string_view beginning, const std::string& subject) {
    for (const ForeignFormat& format : foreign_formats)
        if (beginning.size() > format.at && beginning.substr(format.at).starts_with(format.magic))
            return refused(ErrorKind::unsupported, subject, std::string("it is ") + format.name,
                           "Disks are qcow2 or raw; qemu-img convert -O qcow2 makes one of other machines' disks");
    if (!beginning.starts_with("QFI\xfb"))
        return DiskFormat::raw;
    ISOLAB_TRY(check_qcow2_header(beginning, subject));
    return DiskFormat::qcow2;
}

Result<void> convert_to_qcow2(const fs::path& from, DiskFormat format, const fs::path& to, ProgressSink& progress,
                              const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string program, find_image_tool(qemu_img));
    const std::string subject = from.filename().string();
    progress.report({"convert-disk", subject, 0, 100, false});
    return check_image_tool(
        {program, "convert", "-p", "-f", disk_format_id(format), "-O", "qcow2", from.string(), to.string()}, stop,
        [&](const std::string& line) {
            if (const auto done = percentage(line))
                progress.report({"convert-disk", subject, *done, 100, false});
        });
}

Result<MachineImage> import_machine_image(const MachineImageStore& store, const fs::path& file, const std::string& name,
                                          ProgressSink& progress, const StopToken& stop) {
    MachineImage image;
    image.name = name.empty() ? default_name(file) : name;
    image.origin = ImageOrigin::imported;
    ISOLAB_TRY(store.check_new(image.name));
    ISOLAB_TRY(require_image_tools({qemu_img}));
    ISOLAB_ASSIGN(const SourceDisk source, open_source(file));
    ISOLAB_ASSIGN(const DiskFormat format, recognise_disk(source.beginning, file.string()));
    if (format == DiskFormat::raw)
        ISOLAB_TRY(read_partition_table(source.beginning, file.string())); // before it is copied
    progress.report({"check-disk", file.filename().string()});
    if (format == DiskFormat::qcow2)
        ISOLAB_TRY(check_qcow2(source, stop));
    ISOLAB_ASSIGN(const WorkFolder work, store.begin());
    const fs::path disk = work.path() / "disk.qcow2";
    ISOLAB_TRY(convert_to_qcow2(source.path, format, disk, progress, stop));
    ISOLAB_TRY(describe_copy(image, disk, work.path(), file.string(), stop));
    return store.add(std::move(image), disk, stop);
}

} // namespace isolab
