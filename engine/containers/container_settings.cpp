// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_settings.h"

#include <algorithm>

#include "engine/base/json.h"
#include "engine/runtime/process_json.h"
#include "engine/runtime/resources_json.h"
#include "engine/runtime/spec_fields.h"

namespace isolab {
namespace {

Json mounts_to_json(const std::vector<ContainerMount>& mounts) {
    Json list = Json::array();
    for (const ContainerMount& one : mounts)
        list.push_back({{"kind", one.kind},
                        {"source", one.source},
                        {"target", one.target},
                        {"volume", one.volume},
                        {"readOnly", one.read_only},
                        {"options", one.options}});
    return list;
}

Result<std::vector<ContainerMount>> mounts_from_json(const Json& document, const std::string& subject) {
    std::vector<ContainerMount> mounts;
    ISOLAB_ASSIGN(const Json* list, spec::list_of(document, "mounts", subject));
    for (const Json& one : list != nullptr ? *list : Json::array()) {
        ContainerMount mount;
        ISOLAB_ASSIGN(mount.kind, spec::text_of(one, "kind", subject));
        ISOLAB_ASSIGN(mount.source, spec::text_of(one, "source", subject));
        ISOLAB_ASSIGN(mount.target, spec::text_of(one, "target", subject));
        ISOLAB_ASSIGN(mount.volume, spec::text_of(one, "volume", subject));
        ISOLAB_ASSIGN(mount.read_only, spec::flag_of(one, "readOnly", subject));
        ISOLAB_ASSIGN(mount.options, spec::strings_of(one, "options", subject));
        mounts.push_back(std::move(mount));
    }
    return mounts;
}

Json devices_to_json(const std::vector<DeviceNode>& devices) {
    Json list = Json::array();
    for (const DeviceNode& one : devices)
        list.push_back(
            {{"path", one.path}, {"type", std::string(1, one.type)}, {"major", one.major}, {"minor", one.minor}});
    return list;
}

Result<std::vector<DeviceNode>> devices_from_json(const Json& document, const std::string& subject) {
    std::vector<DeviceNode> devices;
    ISOLAB_ASSIGN(const Json* list, spec::list_of(document, "devices", subject));
    for (const Json& one : list != nullptr ? *list : Json::array()) {
        DeviceNode device;
        ISOLAB_ASSIGN(device.path, spec::text_of(one, "path", subject));
        ISOLAB_ASSIGN(const std::string type, spec::text_of(one, "type", subject));
        device.type = type.empty() ? 'c' : type.front();
        ISOLAB_ASSIGN(device.major, spec::id_of(one, "major", subject));
        ISOLAB_ASSIGN(device.minor, spec::id_of(one, "minor", subject));
        devices.push_back(std::move(device));
    }
    return devices;
}

Json ports_to_json(const std::vector<PortRequest>& ports) {
    Json list = Json::array();
    for (const PortRequest& one : ports)
        list.push_back({{"address", one.host_address ? one.host_address->text() : ""},
                        {"first", one.host_first},
                        {"last", one.host_last},
                        {"container", one.container_port},
                        {"transport", transport_id(one.transport)}});
    return list;
}

Result<std::vector<PortRequest>> ports_from_json(const Json& document, const std::string& subject) {
    constexpr std::uint64_t most = 65535;
    std::vector<PortRequest> ports;
    ISOLAB_ASSIGN(const Json* list, spec::list_of(document, "ports", subject));
    for (const Json& one : list != nullptr ? *list : Json::array()) {
        PortRequest port;
        ISOLAB_ASSIGN(const std::string address, spec::text_of(one, "address", subject));
        if (!address.empty()) {
            port.host_address = IpAddress::parse(address);
            if (!port.host_address)
                return spec::bad(subject, "\"" + address + "\" is no address");
        }
        ISOLAB_ASSIGN(const std::uint64_t first, spec::unsigned_of(one, "first", subject, most));
        ISOLAB_ASSIGN(const std::uint64_t last, spec::unsigned_of(one, "last", subject, most));
        ISOLAB_ASSIGN(const std::uint64_t container, spec::unsigned_of(one, "container", subject, most));
        ISOLAB_ASSIGN(const std::string transport, spec::text_of(one, "transport", subject));
        port.host_first = static_cast<std::uint16_t>(first);
        port.host_last = static_cast<std::uint16_t>(last);
        port.container_port = static_cast<std::uint16_t>(container);
        port.transport = transport == "udp" ? Transport::udp : Transport::tcp;
        ports.push_back(port);
    }
    return ports;
}

Result<std::vector<Digest>> layers_from_json(const Json& document, const std::string& subject) {
    std::vector<Digest> layers;
    ISOLAB_ASSIGN(const std::vector<std::string> texts, spec::strings_of(document, "layers", subject));
    for (const std::string& text : texts) {
        ISOLAB_ASSIGN(Digest digest, Digest::parse(text));
        layers.push_back(std::move(digest));
    }
    return layers;
}

struct TextField {
    const char* key;
    std::string ContainerSettings::*member;
};
constexpr std::array text_fields{
    TextField{"id", &ContainerSettings::id},
    TextField{"name", &ContainerSettings::name},
    TextField{"created", &ContainerSettings::created},
    TextField{"image", &ContainerSettings::image_name},
    TextField{"imageDigest", &ContainerSettings::image_digest},
    TextField{"snapshotter", &ContainerSettings::snapshotter},
    TextField{"hostname", &ContainerSettings::hostname},
    TextField{"domainName", &ContainerSettings::domain_name},
    TextField{"network", &ContainerSettings::network},
    TextField{"address", &ContainerSettings::address},
    TextField{"pidMode", &ContainerSettings::pid_mode},
    TextField{"ipcMode", &ContainerSettings::ipc_mode},
    TextField{"utsMode", &ContainerSettings::uts_mode},
    TextField{"cgroupMode", &ContainerSettings::cgroup_mode},
};

struct ListField {
    const char* key;
    std::vector<std::string> ContainerSettings::*member;
};
constexpr std::array list_fields{
    ListField{"extraHosts", &ContainerSettings::extra_hosts},
    ListField{"dnsServers", &ContainerSettings::dns_servers},
    ListField{"dnsSearch", &ContainerSettings::dns_search},
    ListField{"dnsOptions", &ContainerSettings::dns_options},
    ListField{"networkAliases", &ContainerSettings::network_aliases},
};

struct FlagField {
    const char* key;
    bool ContainerSettings::*member;
};
constexpr std::array flag_fields{
    FlagField{"readOnlyRoot", &ContainerSettings::read_only_root},
    FlagField{"privileged", &ContainerSettings::privileged},
    FlagField{"unconfinedSeccomp", &ContainerSettings::unconfined_seccomp},
    FlagField{"autoRemove", &ContainerSettings::auto_remove},
    FlagField{"strictLimits", &ContainerSettings::strict_limits},
};

} // namespace

Json settings_to_json(const ContainerSettings& settings) {
    Json document;
    for (const TextField& field : text_fields)
        document[field.key] = settings.*field.member;
    for (const ListField& field : list_fields)
        document[field.key] = settings.*field.member;
    for (const FlagField& field : flag_fields)
        document[field.key] = settings.*field.member;
    document["layers"] = Json::array();
    for (const Digest& layer : settings.layers)
        document["layers"].push_back(layer.text());
    document["process"] = runtime_process_to_json(settings.process);
    document["labels"] = settings.labels;
    document["annotations"] = settings.annotations;
    document["mounts"] = mounts_to_json(settings.mounts);
    if (settings.seccomp)
        document["seccomp"] = *settings.seccomp;
    document["devices"] = devices_to_json(settings.devices);
    document["sysctls"] = settings.sysctls;
    document["shmSize"] = settings.shm_size;
    document["resources"] = resources_to_json(settings.resources);
    document["ports"] = ports_to_json(settings.ports);
    if (settings.owner)
        document["owner"] = {{"pid", settings.owner->pid}, {"startTime", settings.owner->start_time}};
    document["supervision"] = order_to_json(settings.supervision);
    document["stopTimeout"] = settings.stop_timeout.count();
    return document;
}

Result<ContainerSettings> settings_from_json(const Json& document, const std::string& subject) {
    ContainerSettings settings;
    for (const TextField& field : text_fields) {
        ISOLAB_ASSIGN(settings.*field.member, spec::text_of(document, field.key, subject));
    }
    for (const ListField& field : list_fields) {
        ISOLAB_ASSIGN(settings.*field.member, spec::strings_of(document, field.key, subject));
    }
    for (const FlagField& field : flag_fields) {
        ISOLAB_ASSIGN(settings.*field.member, spec::flag_of(document, field.key, subject));
    }
    ISOLAB_ASSIGN(settings.layers, layers_from_json(document, subject));
    ISOLAB_ASSIGN(settings.process, parse_runtime_process(spec::member(document, "process"), subject));
    ISOLAB_ASSIGN(settings.labels, spec::texts_of(spec::member(document, "labels"), "label", subject));
    ISOLAB_ASSIGN(settings.annotations, spec::texts_of(spec::member(document, "annotations"), "annotation", subject));
    ISOLAB_ASSIGN(settings.mounts, mounts_from_json(document, subject));
    if (const Json& seccomp = spec::member(document, "seccomp"); spec::is_filled(seccomp))
        settings.seccomp = share(seccomp);
    ISOLAB_ASSIGN(settings.devices, devices_from_json(document, subject));
    ISOLAB_ASSIGN(settings.sysctls, spec::texts_of(spec::member(document, "sysctls"), "sysctl", subject));
    ISOLAB_ASSIGN(settings.shm_size, spec::unsigned_of(document, "shmSize", subject));
    ISOLAB_ASSIGN(settings.resources, parse_resources(spec::member(document, "resources"), subject));
    ISOLAB_ASSIGN(settings.ports, ports_from_json(document, subject));
    if (const Json& owner = spec::member(document, "owner"); spec::is_filled(owner)) {
        settings.owner.emplace();
        ISOLAB_ASSIGN(const std::int64_t pid, spec::signed_of(owner, "pid", subject));
        settings.owner->pid = static_cast<pid_t>(pid);
        ISOLAB_ASSIGN(settings.owner->start_time, spec::unsigned_of(owner, "startTime", subject));
    }
    ISOLAB_ASSIGN(settings.supervision, order_from_json(spec::member(document, "supervision"), subject));
    ISOLAB_ASSIGN(const std::int64_t timeout, spec::signed_of(document, "stopTimeout", subject));
    settings.stop_timeout = std::chrono::seconds(timeout);
    return settings;
}

Result<void> check_container_name(const std::string& name) {
    const auto is_alphanumeric = [](char one) {
        return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z') || (one >= '0' && one <= '9');
    };
    const bool fits = name.size() >= 2 && name.size() <= 128 && is_alphanumeric(name.front()) &&
                      std::ranges::all_of(name, [&](char one) {
                          return is_alphanumeric(one) || one == '_' || one == '.' || one == '-';
                      });
    if (fits)
        return {};
    return fail(ErrorKind::invalid_argument, "use container name", name,
                "a name is 2 to 128 of [A-Za-z0-9_.-] and begins with a letter or digit");
}

} // namespace isolab
