// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/kernel/kernel_image.h"

#include <cstdint>
#include <cstring>

#include <elf.h>

#include "virt/kernel/decompress.h"

namespace isolab {
namespace {

constexpr std::uint64_t kernel_limit = 1U << 30U;

// Offsets in the first sectors of a boot image.
constexpr std::size_t setup_sectors_at = 0x1f1;
constexpr std::size_t magic_at = 0x202;
constexpr std::size_t version_at = 0x206;
constexpr std::size_t release_at = 0x20e;
constexpr std::size_t payload_offset_at = 0x248;
constexpr std::size_t payload_length_at = 0x24c;
constexpr std::size_t header_end = 0x250;
constexpr std::uint16_t payload_protocol = 0x0208;
constexpr std::string_view gzip_magic = "\x1f\x8b";
constexpr std::uint32_t pvh_note = 18; // XEN_ELFNOTE_PHYS32_ENTRY

template <class T> T read_at(std::string_view bytes, std::size_t offset) noexcept {
    T value{};
    if (offset <= bytes.size() && bytes.size() - offset >= sizeof value)
        std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

/// Part of `bytes`, empty when it is not wholly inside.
std::string_view slice(std::string_view bytes, std::uint64_t offset, std::uint64_t size) noexcept {
    if (offset > bytes.size() || size > bytes.size() - offset)
        return {};
    return bytes.substr(offset, size);
}

bool notes_name_pvh(std::string_view notes) noexcept {
    constexpr auto aligned = [](std::uint64_t size) { return (size + 3U) & ~std::uint64_t{3}; };
    while (notes.size() >= sizeof(Elf64_Nhdr)) {
        const auto note = read_at<Elf64_Nhdr>(notes, 0);
        const auto name = slice(notes, sizeof note, note.n_namesz);
        if (note.n_type == pvh_note && name.starts_with("Xen"))
            return true;
        const std::uint64_t size = sizeof note + aligned(note.n_namesz) + aligned(note.n_descsz);
        if (size > notes.size())
            return false;
        notes.remove_prefix(size);
    }
    return false;
}

} // namespace

bool has_pvh_entry(std::string_view elf) noexcept {
    const auto header = read_at<Elf64_Ehdr>(elf, 0);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64)
        return false;
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        const auto program = read_at<Elf64_Phdr>(elf, header.e_phoff + i * sizeof(Elf64_Phdr));
        if (program.p_type == PT_NOTE && notes_name_pvh(slice(elf, program.p_offset, program.p_filesz)))
            return true;
    }
    return false;
}

bool is_boot_image(std::string_view image) noexcept { return slice(image, magic_at, 4) == "HdrS"; }

std::string boot_image_release(std::string_view image) {
    if (!is_boot_image(image))
        return {};
    const std::size_t at = read_at<std::uint16_t>(image, release_at) + std::size_t{0x200};
    const std::string_view text = slice(image, at, 128);
    return std::string(text.substr(0, text.find_first_of(std::string_view(" \0", 2))));
}

Result<std::string> extract_kernel(std::string_view image, const std::string& subject) {
    if (!is_boot_image(image) || image.size() < header_end ||
        read_at<std::uint16_t>(image, version_at) < payload_protocol)
        return fail(ErrorKind::corrupt, "read the kernel image", subject, "it is not an x86 boot image");
    const auto sectors = read_at<std::uint8_t>(image, setup_sectors_at);
    const std::uint64_t protected_mode = (sectors == 0 ? 5U : sectors + 1U) * std::uint64_t{512};
    auto payload = slice(image, protected_mode + read_at<std::uint32_t>(image, payload_offset_at),
                         read_at<std::uint32_t>(image, payload_length_at));
    if (payload.size() < 8)
        return fail(ErrorKind::corrupt, "read the kernel image", subject, "it is cut off");
    // The payload ends with its uncompressed size: in gzip's own trailer, behind the stream with other formats.
    const auto size = read_at<std::uint32_t>(payload, payload.size() - sizeof(std::uint32_t));
    if (!payload.starts_with(gzip_magic))
        payload.remove_suffix(sizeof(std::uint32_t));
    ISOLAB_ASSIGN(std::string kernel, decompress(payload, subject, kernel_limit));
    if (kernel.size() != size)
        return fail(ErrorKind::corrupt, "read the kernel image", subject, "its payload is incomplete");
    return kernel;
}

} // namespace isolab
