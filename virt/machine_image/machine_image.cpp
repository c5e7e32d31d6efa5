// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/machine_image.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/base/json.h"

namespace isolab {
namespace {

constexpr const char* image_schema = "isolab.machine-image/1";
constexpr std::size_t longest_name = 64;
constexpr std::string_view letters_and_digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

constexpr std::array origins{std::pair{ImageOrigin::built, "built"}, std::pair{ImageOrigin::imported, "imported"}};
constexpr std::array agents{std::pair{GuestAgent::unknown, "unknown"}, std::pair{GuestAgent::seed_unit, "seed-unit"}};

template <class Table, class Value> const char* word_of(const Table& table, Value value) noexcept {
    return std::ranges::find(table, value, &Table::value_type::first)->second;
}

template <class Table> auto value_of(const Table& table, const std::string& word) {
    using Value = typename Table::value_type::first_type;
    const auto found = std::ranges::find(table, word, &Table::value_type::second);
    return found == table.end() ? std::optional<Value>() : std::optional<Value>(found->first);
}

tl::unexpected<Error> bad_description(const std::string& subject, const std::string& cause) {
    return fail(ErrorKind::corrupt, "read the description", subject, cause);
}

Result<std::uint64_t> size_field(const Json& document, const char* key, const std::string& subject) {
    ISOLAB_ASSIGN(const auto value, json_optional_unsigned(document, key, subject));
    if (!value)
        return bad_description(subject, std::string("it has no ") + key);
    return *value;
}

bool is_sha256(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

} // namespace

const char* origin_id(ImageOrigin origin) noexcept { return word_of(origins, origin); }
const char* agent_id(GuestAgent agent) noexcept { return word_of(agents, agent); }

std::vector<std::string> firmware_ids(const BootFirmware& firmware) {
    std::vector<std::string> ids;
    if (firmware.bios)
        ids.emplace_back("bios");
    if (firmware.uefi)
        ids.emplace_back("uefi");
    return ids;
}

Result<void> check_machine_image_name(const std::string& name) {
    const bool good = !name.empty() && name.size() <= longest_name &&
                      letters_and_digits.find(name.front()) != std::string_view::npos &&
                      name.find_first_not_of(std::string(letters_and_digits) + "_.-") == std::string::npos;
    if (!good)
        return fail(ErrorKind::invalid_argument, "name a machine image", name,
                    "a name is a letter or digit and at most 63 more of letters, digits and _.-");
    return {};
}

Json machine_image_json(const MachineImage& image) {
    return {{"schema", image_schema},
            {"name", image.name},
            {"distribution", image.distribution},
            {"origin", origin_id(image.origin)},
            {"firmware", firmware_ids(image.firmware)},
            {"kernel", image.kernel},
            {"agent", agent_id(image.agent)},
            {"diskSize", image.disk_size},
            {"fileSize", image.file_size},
            {"created", image.created},
            {"sha256", image.sha256}};
}

Result<MachineImage> parse_machine_image(const Json& document, const std::string& subject) {
    MachineImage image;
    ISOLAB_ASSIGN(const std::string schema, json_string(document, "schema", subject));
    if (schema != image_schema)
        return bad_description(subject, "it is of another version (" + schema + ")");
    ISOLAB_ASSIGN(image.name, json_string(document, "name", subject));
    ISOLAB_ASSIGN(image.distribution, json_string(document, "distribution", subject));
    ISOLAB_ASSIGN(const std::string origin, json_string(document, "origin", subject));
    ISOLAB_ASSIGN(const auto firmware, json_strings(document, "firmware", subject));
    ISOLAB_ASSIGN(image.kernel, json_string(document, "kernel", subject));
    ISOLAB_ASSIGN(const std::string agent, json_string(document, "agent", subject));
    ISOLAB_ASSIGN(image.disk_size, size_field(document, "diskSize", subject));
    ISOLAB_ASSIGN(image.file_size, size_field(document, "fileSize", subject));
    ISOLAB_ASSIGN(image.created, json_string(document, "created", subject));
    ISOLAB_ASSIGN(image.sha256, json_string(document, "sha256", subject));
    const auto known_origin = value_of(origins, origin);
    const auto known_agent = value_of(agents, agent);
    image.firmware = {std::ranges::count(firmware, "bios") > 0, std::ranges::count(firmware, "uefi") > 0};
    if (!known_origin || !known_agent || firmware_ids(image.firmware) != firmware)
        return bad_description(subject, "origin, agent or firmware is a word that is not known");
    if (!is_sha256(image.sha256))
        return bad_description(subject, "its sha256 is not 64 hexadecimal digits");
    image.origin = *known_origin;
    image.agent = *known_agent;
    return image;
}

} // namespace isolab
