// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/partition_table.h"

#include <algorithm>
#include <cctype>
#include <span>

namespace isolab {
namespace {

constexpr std::size_t entry_bytes = 128;
constexpr std::size_t most_entries = 128;
constexpr std::size_t header_bytes = 92;
constexpr std::size_t name_characters = 36;
constexpr std::uint64_t entry_sectors = entry_bytes * most_entries / sector_bytes;
constexpr std::size_t boot_code_bytes = 440;
constexpr std::size_t first_record = 446; ///< of the four in the master boot record
constexpr std::size_t record_bytes = 16;
constexpr std::string_view gpt_magic = "EFI PART";

/// Where the bytes of a text's digits lie.
constexpr std::array<std::size_t, 16> guid_order{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

/// CRC-32 of IEEE 802.3, as zlib computes it; tables are small.
std::uint32_t crc32_of(std::string_view bytes) {
    std::uint32_t crc = ~0U;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~crc;
}

void put_number(std::string& bytes, std::size_t at, std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i)
        bytes[at + i] = static_cast<char>(value >> (8U * i) & 0xFFU);
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, unsigned size) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < size; ++i)
        value |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8U * i);
    return value;
}

void put_guid(std::string& bytes, std::size_t at, const Guid& guid) {
    std::ranges::copy(guid, bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

Guid guid_at(std::string_view bytes, std::size_t at) {
    Guid guid{};
    std::ranges::copy(bytes.substr(at, guid.size()), guid.begin());
    return guid;
}

std::string entries_of(const std::vector<Partition>& partitions) {
    std::string entries(entry_bytes * most_entries, '\0');
    std::size_t at = 0;
    for (const Partition& partition : partitions) {
        put_guid(entries, at, partition.type);
        put_guid(entries, at + 16, partition.id);
        put_number(entries, at + 32, partition.first, 8);
        put_number(entries, at + 40, partition.last, 8);
        for (std::size_t i = 0; i < std::min(partition.name.size(), name_characters); ++i)
            entries[at + 56 + 2 * i] = partition.name[i]; // UTF-16
        at += entry_bytes;
    }
    return entries;
}

struct HeaderPlace {
    std::uint64_t own;
    std::uint64_t other;
    std::uint64_t entries;
};

std::string header_sector(const HeaderPlace& place, std::uint64_t sectors, const Guid& disk, std::uint32_t entries) {
    std::string header(sector_bytes, '\0');
    header.replace(0, gpt_magic.size(), gpt_magic);
    put_number(header, 8, 0x00010000, 4); // revision 1.0
    put_number(header, 12, header_bytes, 4);
    put_number(header, 24, place.own, 8);
    put_number(header, 32, place.other, 8);
    put_number(header, 40, table_sectors, 8);
    put_number(header, 48, sectors - table_sectors, 8);
    put_guid(header, 56, disk);
    put_number(header, 72, place.entries, 8);
    put_number(header, 80, most_entries, 4);
    put_number(header, 84, entry_bytes, 4);
    put_number(header, 88, entries, 4);
    put_number(header, 16, crc32_of(std::string_view(header).substr(0, header_bytes)), 4);
    return header;
}

/// One record of type 0xEE over the whole disk, so that programs that know no GPT see no free disk.
std::string protective_record(std::uint64_t sectors) {
    std::string sector(sector_bytes, '\0');
    sector.replace(first_record, 8, std::string_view("\x00\x00\x02\x00\xEE\xFF\xFF\xFF", 8));
    put_number(sector, first_record + 8, 1, 4);
    put_number(sector, first_record + 12, std::min<std::uint64_t>(sectors - 1, 0xFFFFFFFF), 4);
    put_number(sector, sector_bytes - 2, 0xAA55, 2);
    return sector;
}

tl::unexpected<Error> bad_table(const std::string& subject, const std::string& cause) {
    return fail(ErrorKind::corrupt, "read the partition table of", subject, cause);
}

Result<void> read_gpt(std::string_view head, const std::string& subject, PartitionTable& table) {
    std::string header(head.substr(sector_bytes, sector_bytes));
    const std::uint64_t sum = number_at(header, 16, 4);
    put_number(header, 16, 0, 4);
    if (number_at(header, 12, 4) != header_bytes || crc32_of(std::string_view(header).substr(0, header_bytes)) != sum)
        return bad_table(subject, "the checksum of the GPT is wrong");
    const std::uint64_t count = number_at(header, 80, 4);
    if (number_at(header, 84, 4) != entry_bytes || count > most_entries || number_at(header, 72, 8) != 2)
        return bad_table(subject, "the GPT has another layout than the usual one");
    const std::string_view entries = head.substr(2 * sector_bytes, count * entry_bytes);
    if (crc32_of(entries) != number_at(header, 88, 4))
        return bad_table(subject, "the checksum of the GPT's partitions is wrong");
    table.end = number_at(header, 32, 8) + 1; // the other copy is the last sector
    for (std::size_t at = 0; at < entries.size(); at += entry_bytes) {
        const Partition partition{guid_at(entries, at),
                                  guid_at(entries, at + 16),
                                  number_at(entries, at + 32, 8),
                                  number_at(entries, at + 40, 8),
                                  {}};
        if (partition.type == Guid{})
            continue;
        table.efi_system = table.efi_system || partition.type == guid_of(efi_system_type);
        table.partitions.push_back(partition);
    }
    return {};
}

} // namespace

Guid guid_of(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (std::isxdigit(static_cast<unsigned char>(c)) != 0)
            digits += c;
    Guid guid{};
    if (digits.size() != 2 * guid.size())
        return guid;
    for (std::size_t i = 0; i < guid.size(); ++i)
        guid[guid_order[i]] = static_cast<std::uint8_t>(std::stoi(digits.substr(2 * i, 2), nullptr, 16));
    return guid;
}

std::string guid_text(const Guid& guid) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < guid.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text += '-';
        text += digits[guid[guid_order[i]] >> 4U];
        text += digits[guid[guid_order[i]] & 0xFU];
    }
    return text;
}

GptBytes gpt_bytes(std::uint64_t sectors, const Guid& disk, const std::vector<Partition>& partitions) {
    const std::string entries = entries_of(partitions);
    const std::uint32_t sum = crc32_of(entries);
    const std::uint64_t last = sectors - 1;
    GptBytes bytes;
    bytes.head = protective_record(sectors) + header_sector({1, last, 2}, sectors, disk, sum) + entries;
    bytes.tail = entries + header_sector({last, 1, last - entry_sectors}, sectors, disk, sum);
    return bytes;
}

Result<PartitionTable> read_partition_table(std::string_view head, const std::string& subject) {
    if (head.size() < table_sectors * sector_bytes || number_at(head, sector_bytes - 2, 2) != 0xAA55)
        return bad_table(subject, "it has none: it is not a disk that a system was installed on");
    PartitionTable table;
    table.boot_code = head.substr(0, boot_code_bytes).find_first_not_of('\0') != std::string_view::npos;
    if (head.substr(sector_bytes, gpt_magic.size()) == gpt_magic) {
        ISOLAB_TRY(read_gpt(head, subject, table));
        return table;
    }
    for (std::size_t i = 0; i < 4; ++i) {
        const std::string_view record = head.substr(first_record + i * record_bytes, record_bytes);
        const auto type = static_cast<unsigned char>(record[4]);
        if (type == 0)
            continue;
        table.efi_system = table.efi_system || type == 0xEF;
        table.end = std::max(table.end, number_at(record, 8, 4) + number_at(record, 12, 4));
    }
    if (table.end == 0)
        return bad_table(subject, "it has no partition");
    return table;
}

} // namespace isolab
