// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/xml_writer.h"

namespace isolab {
namespace {

std::string escape(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        case '\'':
            result += "&apos;";
            break;
        case '\t':
        case '\n':
        case '\r':
            result += "&#" + std::to_string(static_cast<int>(c)) + ";";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20U)
                result += "\xEF\xBF\xBD";
            else
                result += c;
        }
    }
    return result;
}

} // namespace

void XmlWriter::open(std::string_view name, Attributes attributes, std::string_view closing) {
    document_.append(2 * open_.size(), ' ');
    document_.append("<").append(name);
    for (const auto& [key, value] : attributes)
        document_.append(" ").append(key).append("='").append(escape(value)).append("'");
    document_.append(closing);
}

XmlWriter& XmlWriter::begin(std::string_view name, Attributes attributes) {
    open(name, attributes, ">\n");
    open_.emplace_back(name);
    return *this;
}

XmlWriter& XmlWriter::end() {
    const std::string name = open_.back();
    open_.pop_back();
    document_.append(2 * open_.size(), ' ');
    document_.append("</").append(name).append(">\n");
    return *this;
}

XmlWriter& XmlWriter::empty(std::string_view name, Attributes attributes) {
    open(name, attributes, "/>\n");
    return *this;
}

XmlWriter& XmlWriter::text(std::string_view name, std::string_view content, Attributes attributes) {
    open(name, attributes, ">");
    document_.append(escape(content)).append("</").append(name).append(">\n");
    return *this;
}

} // namespace isolab
