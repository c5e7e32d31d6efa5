// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/oci/features.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/base/standard_streams.h"
#include "engine/launcher/setup/namespaces.h"
#include "engine/rootfs/mount_options.h"
#include "engine/runtime/hooks.h"
#include "engine/runtime/spec_builder.h"
#include "engine/runtime/spec_json.h"
#include "engine/security/capabilities.h"
#include "engine/security/seccomp_program.h"

namespace isolab::launcher {
namespace {

Json namespace_names() {
    Json names = Json::array();
    for (const NamespaceKind& kind : namespace_kinds)
        names.push_back(kind.type);
    return names;
}

Json capability_list() {
    constexpr unsigned known = 41; // those that have names: up to CAP_CHECKPOINT_RESTORE
    Json names = Json::array();
    for (unsigned number = 0; number < known; ++number)
        names.push_back(capability_name(number));
    return names;
}

Json seccomp_features() {
    return {{"enabled", true},
            {"archs", seccomp_architectures()},
            {"knownFlags", seccomp_flag_names()},
            {"supportedFlags", seccomp_flag_names()},
            {"actions",
             {"SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD",
              "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY", "SCMP_ACT_TRACE", "SCMP_ACT_TRAP"}},
            {"operators",
             {"SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ",
              "SCMP_CMP_NE"}}};
}

Json linux_features() {
    return {{"namespaces", namespace_names()},
            {"capabilities", capability_list()},
            {"cgroup", {{"v1", true}, {"v2", true}, {"systemd", false}, {"systemdUser", false}, {"rdma", true}}},
            {"seccomp", seccomp_features()},
            {"apparmor", {{"enabled", true}}},
            {"selinux", {{"enabled", true}}},
            {"intelRdt", {{"enabled", false}}},
            {"mountExtensions", {{"idmap", {{"enabled", true}}}}},
            {"netDevices", {{"enabled", true}}}};
}

RuntimeSpec example_spec(const Options& options) {
    SpecRequest request;
    request.id = "isolab";
    request.process.args = {"sh"};
    request.process.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"};
    request.snapshot.root = "rootfs";
    request.control_group = false;
    if (options.rootless) {
        request.uid_mappings = {{0, ::geteuid(), 1}};
        request.gid_mappings = {{0, ::getegid(), 1}};
    }
    RuntimeSpec spec = build_runtime_spec(request);
    spec.process.terminal = true;
    spec.root_read_only = true;
    return spec;
}

} // namespace

Json features() {
    return {{"ociVersionMin", "1.0.0"},  {"ociVersionMax", "1.3.0"},
            {"hooks", hook_point_names}, {"mountOptions", mount_option_names()},
            {"linux", linux_features()}, {"annotations", {{"org.isolab.runtime.version", ISOLAB_VERSION}}}};
}

Result<void> print_features(const Options& /*options*/, Events& /*events*/) {
    return write_standard_output(features().dump(2) + "\n");
}

Result<void> write_example_spec(const Options& options, Events& /*events*/) {
    const std::string path = (options.bundle / "config.json").string();
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!file && errno == EEXIST)
        return fail(ErrorKind::already_exists, "write specification", path, "the file exists already",
                    "Remove it first, or choose another --bundle");
    const std::string text = runtime_spec_to_json(example_spec(options)).dump(2) + "\n";
    if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return fail_errno(errno, "write specification", path);
    return {};
}

} // namespace isolab::launcher
