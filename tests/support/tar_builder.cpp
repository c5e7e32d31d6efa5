// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/tar_builder.h"

#include <array>
#include <cstdio>
#include <cstring>

namespace isolab::test {
namespace {

constexpr std::size_t block = 512;

void put(std::array<char, block>& header, std::size_t at, std::size_t length, std::string_view text) {
    std::memcpy(header.data() + at, text.data(), std::min(length, text.size()));
}

void put_octal(std::array<char, block>& header, std::size_t at, std::size_t length, std::uint64_t value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%0*llo", static_cast<int>(length - 1),
                  static_cast<unsigned long long>(value)); // NOLINT
    put(header, at, length - 1, text.data());
}

std::string pax_record(const std::string& key, const std::string& value) {
    const std::size_t body = key.size() + value.size() + 3;
    std::size_t length = body;
    while (std::to_string(length).size() + body != length)
        length = std::to_string(length).size() + body;
    return std::to_string(length) + " " + key + "=" + value + "\n";
}

} // namespace

void TarBuilder::padded(std::string_view content) {
    bytes_ += content;
    bytes_.append((block - content.size() % block) % block, '\0');
}

void TarBuilder::header(char type, const std::string& name, const std::string& link, std::uint64_t size,
                        const TarAttributes& attributes, unsigned major, unsigned minor) {
    std::array<char, block> header{};
    put(header, 0, 100, name);
    put_octal(header, 100, 8, attributes.mode);
    put_octal(header, 108, 8, attributes.uid < 2097152 ? attributes.uid : 0);
    put_octal(header, 116, 8, attributes.gid < 2097152 ? attributes.gid : 0);
    put_octal(header, 124, 12, size);
    put_octal(header, 136, 12, static_cast<std::uint64_t>(attributes.modified));
    header[156] = type;
    put(header, 157, 100, link);
    put(header, 257, 8,
        std::string_view("ustar\0"
                         "00",
                         8));
    put_octal(header, 329, 8, major);
    put_octal(header, 337, 8, minor);
    put(header, 148, 8, "        ");
    unsigned sum = 0;
    for (const char c : header)
        sum += static_cast<unsigned char>(c);
    put_octal(header, 148, 7, sum);
    header[154] = '\0';
    bytes_.append(header.data(), header.size());
}

TarBuilder& TarBuilder::member(char type, const std::string& name, const std::string& link, std::string_view content,
                               std::uint64_t size, const TarAttributes& attributes, unsigned major, unsigned minor) {
    std::string records;
    if (name.size() > 100)
        records += pax_record("path", name);
    if (link.size() > 100)
        records += pax_record("linkpath", link);
    if (attributes.uid >= 2097152)
        records += pax_record("uid", std::to_string(attributes.uid));
    for (const auto& [key, value] : attributes.pax)
        records += pax_record(key, value);
    if (!records.empty()) {
        header('x', "pax", "", records.size(), {}, 0, 0);
        padded(records);
    }
    header(type, name, link, size, attributes, major, minor);
    padded(content);
    return *this;
}

TarBuilder& TarBuilder::file(const std::string& name, std::string_view content, const TarAttributes& attributes) {
    return member('0', name, "", content, content.size(), attributes);
}
TarBuilder& TarBuilder::directory(const std::string& name, const TarAttributes& attributes) {
    return member('5', name, "", "", 0, attributes);
}
TarBuilder& TarBuilder::symlink(const std::string& name, const std::string& target) {
    return member('2', name, target, "", 0, {.mode = 0777});
}
TarBuilder& TarBuilder::hardlink(const std::string& name, const std::string& target) {
    return member('1', name, target, "", 0, {});
}
TarBuilder& TarBuilder::character_device(const std::string& name, unsigned major, unsigned minor) {
    return member('3', name, "", "", 0, {.mode = 0666}, major, minor);
}
TarBuilder& TarBuilder::fifo(const std::string& name) { return member('6', name, "", "", 0, {}); }
TarBuilder& TarBuilder::raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
}

std::string TarBuilder::finish() const { return bytes_ + std::string(2 * block, '\0'); }

} // namespace isolab::test
