// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/volume_document.h"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>

#include "engine/base/json.h"
#include "engine/base/random_id.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

constexpr std::size_t longest_name = 255; // NAME_MAX

bool is_alphanumeric(char character) noexcept {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9');
}

Result<std::map<std::string, std::string>> parse_labels(const Json& document, const std::string& subject) {
    std::map<std::string, std::string> labels;
    const auto field = document.find("labels");
    if (field == document.end() || !field->is_object())
        return fail(ErrorKind::corrupt, "read volume", subject, "its labels are missing");
    for (const auto& [name, value] : field->items()) {
        if (!value.is_string())
            return fail(ErrorKind::corrupt, "read volume", subject, "label \"" + name + "\" is no text");
        labels.emplace(name, value.get<std::string>());
    }
    return labels;
}

} // namespace

Result<void> check_volume_name(const std::string& name) {
    const auto allowed = [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; };
    if (name.size() >= 2 && name.size() <= longest_name && is_alphanumeric(name.front()) &&
        std::ranges::all_of(name, allowed))
        return {};
    return fail(ErrorKind::invalid_argument, "use volume", plain_text(name, longest_quote), "it is no name of a volume",
                "Use two or more letters, digits and _ . -, beginning with a letter or digit");
}

std::string random_volume_name() { return random_hex(64); }

Result<void> make_volume_folder(const std::filesystem::path& folder, const Volume& volume) {
    Json labels = Json::object();
    for (const auto& [name, value] : volume.labels) {
        if (!is_utf8(name) || !is_utf8(value))
            return fail(ErrorKind::invalid_argument, "make volume", volume.name, "a label is not UTF-8");
        labels[name] = value;
    }
    const std::filesystem::path data = folder / "_data";
    if (::mkdir(folder.c_str(), 0700) != 0 || ::mkdir(data.c_str(), 0755) != 0 || ::chmod(data.c_str(), 0755) != 0)
        return fail_errno(errno, "make volume", volume.name);
    const Json document{{"created", volume.created}, {"anonymous", volume.anonymous}, {"labels", std::move(labels)}};
    return write_file_atomically(folder / "volume.json", document.dump(2) + "\n", 0600, true);
}

Result<Volume> read_volume_folder(const std::filesystem::path& folder) {
    Volume volume;
    volume.name = folder.filename().string();
    volume.data = folder / "_data";
    ISOLAB_ASSIGN(const Json document, read_json_file(folder / "volume.json"));
    ISOLAB_ASSIGN(volume.created, json_string(document, "created", volume.name));
    ISOLAB_ASSIGN(volume.labels, parse_labels(document, volume.name));
    const auto anonymous = document.find("anonymous");
    volume.anonymous = anonymous != document.end() && anonymous->is_boolean() && anonymous->get<bool>();
    return volume;
}

} // namespace isolab
