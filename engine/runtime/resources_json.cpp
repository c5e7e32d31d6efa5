// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/resources_json.h"

#include <algorithm>
#include <limits>

#include "engine/base/json.h"

namespace isolab {
namespace {

/// Reads fields of one object, and keeps the first complaint.
class Fields {
  public:
    /// `path` is the object's own: "memory."; `error` is shared by all readers of a document.
    Fields(const Json& object, std::string path, const std::string& subject, std::optional<Error>& error)
        : object_(object), path_(std::move(path)), subject_(subject), error_(error) {
        if (!object_.is_null() && !object_.is_object())
            complain("", "must be an object");
    }

    template <class Number> void number(const char* key, std::optional<Number>& into) {
        if (const Json* value = find(key))
            into = checked<Number>(key, *value);
    }
    template <class Number> void required(const char* key, Number& into) {
        const Json* value = find(key);
        if (value == nullptr)
            complain(key, "is missing");
        else
            into = checked<Number>(key, *value);
    }
    void flag(const char* key, std::optional<bool>& into) {
        const Json* value = find(key);
        if (value != nullptr && !value->is_boolean())
            complain(key, "must be true or false");
        else if (value != nullptr)
            into = value->get<bool>();
    }
    void text(const char* key, std::string& into) {
        const Json* value = find(key);
        if (value != nullptr && !value->is_string())
            complain(key, "must be text");
        else if (value != nullptr)
            into = value->get<std::string>();
    }
    Fields object(const char* key) const {
        const Json* value = find(key);
        return {value != nullptr ? *value : none_, path_ + key + ".", subject_, error_};
    }
    bool has(const char* key) const { return find(key) != nullptr; }

    /// Calls `visit` with a reader for each entry of a list of objects.
    template <class Visit> void each_in_list(const char* key, Visit visit) {
        const Json* list = find(key);
        if (list == nullptr)
            return;
        if (!list->is_array())
            return complain(key, "must be a list");
        std::size_t number = 0;
        for (const Json& entry : *list)
            visit(Fields(entry, path_ + key + "[" + std::to_string(number++) + "].", subject_, error_));
    }
    /// Calls `visit` with name and reader of each member.
    template <class Visit> void each_member(Visit visit) {
        if (object_.is_object())
            for (const auto& [name, value] : object_.items())
                visit(name, Fields(value, path_ + name + ".", subject_, error_));
    }
    /// Members that are all text.
    void texts(std::map<std::string, std::string>& into) {
        if (object_.is_object())
            for (const auto& [name, value] : object_.items()) {
                if (!value.is_string())
                    return complain(name, "must be text");
                into.insert_or_assign(name, value.get<std::string>());
            }
    }

    void complain(const std::string& key, const std::string& what) {
        std::string name = "linux.resources." + path_ + key;
        if (name.ends_with('.'))
            name.pop_back();
        if (!error_)
            error_ = Error{ErrorKind::corrupt, "read runtime specification", subject_, "\"" + name + "\" " + what, {}};
    }

  private:
    const Json* find(const char* key) const {
        if (!object_.is_object())
            return nullptr;
        const auto field = object_.find(key);
        return field == object_.end() || field->is_null() ? nullptr : &*field;
    }
    template <class Number> Number checked(const char* key, const Json& value) {
        constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<Number>::max());
        const bool fits = value.is_number_unsigned() ? value.get<std::uint64_t>() <= most
                                                     : value.is_number_integer() && std::is_signed_v<Number>;
        if (!fits) {
            complain(key, std::is_signed_v<Number> ? "must be a whole number"
                                                   : "must be a whole number from 0 to " + std::to_string(most));
            return 0;
        }
        return value.get<Number>();
    }

    static inline const Json none_;
    const Json& object_;
    std::string path_;
    const std::string& subject_;
    std::optional<Error>& error_;
};

void read_memory(Fields memory, CgroupResources& into) {
    memory.number("limit", into.memory_limit);
    memory.number("swap", into.memory_swap);
    memory.number("reservation", into.memory_reservation);
    memory.number("kernel", into.memory_kernel);
    memory.number("kernelTCP", into.memory_kernel_tcp);
    memory.number("swappiness", into.memory_swappiness);
    if (into.memory_swappiness.value_or(0) > 100)
        memory.complain("swappiness", "must be from 0 to 100");
    memory.flag("disableOOMKiller", into.disable_oom_killer);
    memory.flag("useHierarchy", into.use_hierarchy);
    memory.flag("checkBeforeUpdate", into.check_before_update);
}

void read_cpu(Fields cpu, CgroupResources& into) {
    cpu.number("shares", into.cpu_shares);
    cpu.number("quota", into.cpu_quota);
    cpu.number("burst", into.cpu_burst);
    cpu.number("period", into.cpu_period);
    cpu.number("realtimeRuntime", into.cpu_realtime_runtime);
    cpu.number("realtimePeriod", into.cpu_realtime_period);
    cpu.text("cpus", into.cpus);
    cpu.text("mems", into.mems);
    cpu.number("idle", into.cpu_idle);
    if (into.cpu_idle.value_or(0) < 0 || into.cpu_idle.value_or(0) > 1)
        cpu.complain("idle", "must be 0 or 1");
}

void read_block_io(Fields io, BlockIoResources& into) {
    io.number("weight", into.weight);
    io.number("leafWeight", into.leaf_weight);
    io.each_in_list("weightDevice", [&into](Fields entry) {
        auto& one = into.device_weights.emplace_back();
        entry.required("major", one.major);
        entry.required("minor", one.minor);
        entry.number("weight", one.weight);
        entry.number("leafWeight", one.leaf_weight);
        if (!one.weight && !one.leaf_weight)
            entry.complain("", "has neither \"weight\" nor \"leafWeight\"");
    });
    const auto rates = [&io](const char* key, std::vector<BlockIoResources::DeviceRate>& list) {
        io.each_in_list(key, [&list](Fields entry) {
            auto& one = list.emplace_back();
            entry.required("major", one.major);
            entry.required("minor", one.minor);
            entry.required("rate", one.rate);
        });
    };
    rates("throttleReadBpsDevice", into.read_bytes);
    rates("throttleWriteBpsDevice", into.write_bytes);
    rates("throttleReadIOPSDevice", into.read_operations);
    rates("throttleWriteIOPSDevice", into.write_operations);
}

/// "64KB", "2MB", "1GB": as the names of the kernel's files have it.
bool is_page_size(const std::string& text) {
    const std::string_view unit = std::string_view(text).substr(text.size() < 2 ? 0 : text.size() - 2);
    const std::string_view digits = std::string_view(text).substr(0, text.size() - unit.size());
    return (unit == "KB" || unit == "MB" || unit == "GB") && !digits.empty() && digits.front() != '0' &&
           std::ranges::all_of(digits, [](char digit) { return digit >= '0' && digit <= '9'; });
}

void read_hugepages(Fields entry, CgroupResources& into) {
    HugepageLimit& one = into.hugepage_limits.emplace_back();
    entry.text("pageSize", one.page_size);
    if (!is_page_size(one.page_size))
        entry.complain("pageSize", "must be a size such as \"2MB\"");
    entry.required("limit", one.limit);
}

/// Names that the kernel takes before a space.
bool is_word(const std::string& name) { return !name.empty() && name.find_first_of(" \t\n") == std::string::npos; }

void read_network(Fields network, CgroupResources& into) {
    network.number("classID", into.network_class);
    network.each_in_list("priorities", [&into](Fields entry) {
        std::string name;
        entry.text("name", name);
        if (!is_word(name))
            entry.complain("name", "must be the name of a network interface");
        entry.required("priority", into.network_priorities[name]);
    });
}

void read_rdma(const std::string& name, Fields entry, CgroupResources& into) {
    RdmaLimit& one = into.rdma[name];
    entry.number("hcaHandles", one.handles);
    entry.number("hcaObjects", one.objects);
    if (!is_word(name))
        entry.complain("", "is not the name of a device");
    if (!one.handles && !one.objects)
        entry.complain("", "has neither \"hcaHandles\" nor \"hcaObjects\"");
}

/// Missing numbers and -1 mean all.
void read_device_number(Fields& entry, const char* key, std::optional<std::uint32_t>& into) {
    std::optional<std::int64_t> number;
    entry.number(key, number);
    if (number.value_or(0) < -1 || number.value_or(0) > std::numeric_limits<std::uint32_t>::max())
        entry.complain(key, "is not the number of a device");
    else if (number.value_or(-1) >= 0)
        into = static_cast<std::uint32_t>(*number);
}

void read_device(Fields entry, CgroupResources& into) {
    DeviceRule& rule = into.devices.emplace_back();
    std::optional<bool> allow;
    entry.flag("allow", allow);
    if (!allow)
        entry.complain("allow", "is missing");
    rule.allow = allow.value_or(false);
    std::string type;
    entry.text("type", type);
    if (type == "u") // unbuffered, as mknod(1) has it
        type = "c";
    if (!type.empty() && type != "a" && type != "b" && type != "c")
        entry.complain("type", "must be \"a\", \"b\" or \"c\"");
    rule.type = type.size() == 1 ? type.front() : 'a';
    read_device_number(entry, "major", rule.major);
    read_device_number(entry, "minor", rule.minor);
    std::string access;
    entry.text("access", access);
    const auto bits = parse_device_access(access);
    if (bits)
        rule.access = *bits;
    else
        entry.complain("access", "must be made of the letters r, w and m");
}

template <class T> void put(Json& object, const char* key, const std::optional<T>& value) {
    if (value)
        object[key] = *value;
}

void put_filled(Json& document, const char* key, Json part) {
    if (!part.empty())
        document[key] = std::move(part);
}

Json memory_to_json(const CgroupResources& resources) {
    Json memory = Json::object();
    put(memory, "limit", resources.memory_limit);
    put(memory, "reservation", resources.memory_reservation);
    put(memory, "swap", resources.memory_swap);
    put(memory, "kernel", resources.memory_kernel);
    put(memory, "kernelTCP", resources.memory_kernel_tcp);
    put(memory, "swappiness", resources.memory_swappiness);
    put(memory, "disableOOMKiller", resources.disable_oom_killer);
    put(memory, "useHierarchy", resources.use_hierarchy);
    put(memory, "checkBeforeUpdate", resources.check_before_update);
    return memory;
}

Json cpu_to_json(const CgroupResources& resources) {
    Json cpu = Json::object();
    put(cpu, "shares", resources.cpu_shares);
    put(cpu, "quota", resources.cpu_quota);
    put(cpu, "burst", resources.cpu_burst);
    put(cpu, "period", resources.cpu_period);
    put(cpu, "realtimeRuntime", resources.cpu_realtime_runtime);
    put(cpu, "realtimePeriod", resources.cpu_realtime_period);
    if (!resources.cpus.empty())
        cpu["cpus"] = resources.cpus;
    if (!resources.mems.empty())
        cpu["mems"] = resources.mems;
    put(cpu, "idle", resources.cpu_idle);
    return cpu;
}

Json block_io_to_json(const BlockIoResources& io) {
    Json document = Json::object();
    put(document, "weight", io.weight);
    put(document, "leafWeight", io.leaf_weight);
    for (const auto& one : io.device_weights) {
        Json entry{{"major", one.major}, {"minor", one.minor}};
        put(entry, "weight", one.weight);
        put(entry, "leafWeight", one.leaf_weight);
        document["weightDevice"].push_back(std::move(entry));
    }
    const auto rates = [&document](const char* key, const std::vector<BlockIoResources::DeviceRate>& list) {
        for (const auto& one : list)
            document[key].push_back({{"major", one.major}, {"minor", one.minor}, {"rate", one.rate}});
    };
    rates("throttleReadBpsDevice", io.read_bytes);
    rates("throttleWriteBpsDevice", io.write_bytes);
    rates("throttleReadIOPSDevice", io.read_operations);
    rates("throttleWriteIOPSDevice", io.write_operations);
    return document;
}

Json devices_to_json(const std::vector<DeviceRule>& devices) {
    Json list = Json::array();
    for (const DeviceRule& rule : devices) {
        Json entry{{"allow", rule.allow}};
        if (rule.type != 'a')
            entry["type"] = std::string(1, rule.type);
        put(entry, "major", rule.major);
        put(entry, "minor", rule.minor);
        entry["access"] = device_access_text(rule.access);
        list.push_back(std::move(entry));
    }
    return list;
}

Json network_to_json(const CgroupResources& resources) {
    Json network = Json::object();
    put(network, "classID", resources.network_class);
    for (const auto& [name, priority] : resources.network_priorities)
        network["priorities"].push_back({{"name", name}, {"priority", priority}});
    return network;
}

Json rdma_to_json(const std::map<std::string, RdmaLimit>& limits) {
    Json document = Json::object();
    for (const auto& [name, limit] : limits) {
        Json& entry = document[name] = Json::object();
        put(entry, "hcaHandles", limit.handles);
        put(entry, "hcaObjects", limit.objects);
    }
    return document;
}

} // namespace

Result<CgroupResources> parse_resources(const Json& document, const std::string& subject) {
    CgroupResources into;
    std::optional<Error> error;
    Fields fields(document, "", subject, error);
    read_memory(fields.object("memory"), into);
    read_cpu(fields.object("cpu"), into);
    fields.object("pids").number("limit", into.pids_limit);
    if (fields.has("blockIO"))
        read_block_io(fields.object("blockIO"), into.block_io.emplace());
    fields.each_in_list("hugepageLimits", [&into](Fields entry) { read_hugepages(std::move(entry), into); });
    read_network(fields.object("network"), into);
    fields.object("rdma").each_member(
        [&into](const std::string& name, Fields entry) { read_rdma(name, std::move(entry), into); });
    fields.object("unified").texts(into.unified);
    fields.each_in_list("devices", [&into](Fields entry) { read_device(std::move(entry), into); });
    if (error)
        return fail(std::move(*error));
    return into;
}

Json resources_to_json(const CgroupResources& resources) {
    Json document = Json::object();
    put_filled(document, "devices", devices_to_json(resources.devices));
    put_filled(document, "memory", memory_to_json(resources));
    put_filled(document, "cpu", cpu_to_json(resources));
    if (resources.pids_limit)
        document["pids"]["limit"] = *resources.pids_limit;
    if (resources.block_io)
        document["blockIO"] = block_io_to_json(*resources.block_io);
    for (const HugepageLimit& one : resources.hugepage_limits)
        document["hugepageLimits"].push_back({{"pageSize", one.page_size}, {"limit", one.limit}});
    put_filled(document, "network", network_to_json(resources));
    put_filled(document, "rdma", rdma_to_json(resources.rdma));
    if (!resources.unified.empty())
        document["unified"] = resources.unified;
    return document;
}

} // namespace isolab
