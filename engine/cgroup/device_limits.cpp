// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/device_limits.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

/// Whether a rule that allows all devices is followed by none that denies.
bool allows_everything(const std::vector<DeviceRule>& rules) {
    for (auto rule = rules.rbegin(); rule != rules.rend() && rule->allow; ++rule)
        if (rule->type == 'a' && !rule->major && !rule->minor && rule->access == device_all_access)
            return true;
    return false;
}

/// Root of the machine's first user namespace, where all ids are mapped onto themselves.
bool is_real_root() {
    return ::geteuid() == 0 && read_file("/proc/self/uid_map").value_or("").find("4294967295") != std::string::npos;
}

/// devices.allow or devices.deny, opened once for all that is written to it.
class DeviceListFile {
  public:
    explicit DeviceListFile(std::string path) : path_(std::move(path)) {}

    Result<void> write(const std::string& text) {
        if (!file_)
            file_.reset(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
        if (!file_ || ::write(file_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
            return fail_errno(errno, "write \"" + text + "\" to", path_);
        return {};
    }

  private:
    std::string path_;
    UniqueFd file_;
};

/// An ordinary user cannot make device nodes either, and the permissions of those that exist are the host's.
Result<void> forgive_lack_of_privilege(Result<void> result, std::vector<std::string>* warnings) {
    if (result || result.error().kind != ErrorKind::permission_denied || is_real_root())
        return result;
    if (warnings != nullptr)
        warnings->emplace_back("device rules are not set: the kernel takes them from root only");
    return {};
}

} // namespace

Result<DeviceLimits> DeviceLimits::plan(const std::vector<DeviceRule>& rules, CgroupVersion version) {
    DeviceLimits limits;
    limits.version_ = version;
    limits.needed_ = !rules.empty();
    if (!limits.needed_)
        return limits;
    std::vector<DeviceRule> all = rules;
    all.insert(all.end(), default_device_rules().begin(), default_device_rules().end());
    limits.everything_ = allows_everything(all);
    if (version == CgroupVersion::v1) {
        ISOLAB_ASSIGN(limits.list_, normalise_device_rules(all));
    } else if (version == CgroupVersion::v2 && !limits.everything_) {
        limits.program_ = make_device_program(all);
    }
    return limits;
}

Result<void> DeviceLimits::apply_v1(const std::string& directory, const std::optional<DeviceAccessList>& now) const {
    if (directory.empty() && everything_)
        return {};
    if (directory.empty())
        return fail(ErrorKind::unsupported, "restrict the use of devices", {},
                    "no cgroup controller \"devices\" is mounted");
    DeviceListFile allowed(directory + "/devices.allow");
    DeviceListFile denied(directory + "/devices.deny");
    for (const DeviceListChange& change : plan_device_list(now, list_))
        ISOLAB_TRY((change.allow ? allowed : denied).write(change.text));
    return {};
}

Result<void> DeviceLimits::apply_to_new(const std::string& directory, std::vector<std::string>* warnings) const {
    if (!needed_)
        return {};
    if (version_ == CgroupVersion::v1)
        return apply_v1(directory, std::nullopt);
    if (everything_)
        return {};
    return forgive_lack_of_privilege(attach_first_device_program(program_, directory), warnings);
}

Result<void> DeviceLimits::apply_to_existing(const std::string& directory, std::vector<std::string>* warnings) const {
    if (!needed_)
        return {};
    if (version_ == CgroupVersion::v1 && directory.empty())
        return apply_v1(directory, std::nullopt);
    if (version_ == CgroupVersion::v1) {
        ISOLAB_ASSIGN(const std::string list, read_file(directory + "/devices.list"));
        return apply_v1(directory, parse_v1_device_list(list));
    }
    return forgive_lack_of_privilege(attach_device_program(program_, directory), warnings);
}

} // namespace isolab
