// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/house/house_rules.h"

namespace isolab::house {

namespace {

using Names = std::vector<std::string_view>;

/// What every room links: our flags, and the header libraries of engine/base.
Names with_common(Names names) {
    for (std::string_view common :
         {"isolab::strict", "isolab::sanitized", "isolab::base", "nlohmann_json::*", "tl::*", "fmt::*", "Threads::*"})
        names.push_back(common);
    return names;
}

} // namespace

const std::vector<Room>& rooms() {
    static const Names facades = {
        "engine/base/", "engine/engine.h", "engine/image/",    "engine/containers/", "engine/rootfs/snapshotter.h",
        "virt/virt.h",  "compare/",        "compare/adapters/"};
    static const std::vector<Room> table = {
        {"engine/base", {}, {}, with_common({})},
        {"engine/image", {"engine/base/"}, {"archive", "openssl/"}, with_common({"LibArchive::*", "OpenSSL::*"})},
        {"engine/rootfs",
         {"engine/base/", "engine/image/"},
         {"archive", "openssl/"},
         with_common({"isolab::image", "LibArchive::*", "OpenSSL::*"})},
        {"engine/cgroup", {"engine/base/"}, {}, with_common({})},
        {"engine/security",
         {"engine/base/"},
         {"seccomp", "openssl/"},
         with_common({"isolab::security", "isolab::seccomp", "PkgConfig::LIBSECCOMP", "OpenSSL::*"})},
        {"engine/network",
         {"engine/base/"},
         {"libmnl/", "nftables/"},
         with_common({"isolab::names", "PkgConfig::LIBMNL", "PkgConfig::LIBNFTABLES"})},
        {"engine/runtime",
         {"engine/base/", "engine/image/", "engine/rootfs/", "engine/cgroup/", "engine/security/", "engine/network/",
          "engine/engine.h"},
         {},
         with_common({"isolab::image", "isolab::rootfs", "isolab::cgroup", "isolab::security"})},
        {"engine/supervisor",
         {"engine/base/", "engine/runtime/", "engine/launcher/", "engine/network/dns_server.h"},
         {},
         with_common({})},
        {"engine/checkpoint", {"engine/base/"}, {}, with_common({})},
        {"engine/launcher",
         {"engine/base/", "engine/runtime/", "engine/rootfs/", "engine/cgroup/", "engine/security/",
          "engine/checkpoint/", "engine/supervisor/supervise.h"},
         {"seccomp"},
         with_common({"isolab::runtime*", "isolab::rootfs*", "isolab::cgroup", "isolab::security", "isolab::seccomp",
                      "isolab::checkpoint", "isolab::names", "isolab::launcher*", "PkgConfig::LIBSECCOMP"})},
        {"engine",
         {"engine/"},
         {},
         with_common({"isolab::image", "isolab::rootfs", "isolab::cgroup", "isolab::security", "isolab::network",
                      "isolab::runtime"})},
        {"virt/guest_init", {"virt/guest_init/", "engine/base/probe.h"}, {}, {"isolab::strict"}},
        {"virt",
         {"engine/base/", "virt/guest_init/"},
         {"libvirt/", "archive"},
         with_common({"PkgConfig::LIBVIRT*", "OpenSSL::*", "LibArchive::*"})},
        {"compare/adapters",
         {"engine/base/", "engine/engine.h", "engine/image/", "engine/rootfs/snapshotter.h", "virt/virt.h", "compare/"},
         {},
         with_common({"isolab::compare", "isolab::engine", "isolab::virt"})},
        {"compare", {"engine/base/"}, {"SQLiteCpp/", "sqlite3"}, with_common({"SQLiteCpp*", "SQLite::*"})},
        {"cli/command_parser.cpp", {"cli/command_parser.h"}, {"CLI/"}, {}},
        {"cli",
         facades,
         {},
         with_common(
             {"isolab::cli", "isolab::compare", "isolab::adapters", "isolab::engine", "isolab::virt", "CLI11::*"})},
        {"gui",
         facades,
         {"Q", "qcustomplot"},
         with_common({"isolab::gui*", "isolab::compare", "isolab::adapters", "isolab::engine", "isolab::virt", "Qt6::*",
                      "QCustomPlot*"})},
        {"resources", {}, {}, {"isolab::strict"}},
        {"tests",
         {"engine/", "virt/", "compare/", "cli/", "gui/", "tests/"},
         {"Q", "qcustomplot", "libvirt/", "seccomp", "SQLiteCpp/", "sqlite3", "archive", "openssl/"},
         with_common({"isolab::*", "Qt6::*", "PkgConfig::*", "SQLiteCpp*", "SQLite::*", "LibArchive::*", "OpenSSL::*",
                      "QCustomPlot*"})},
    };
    return table;
}

} // namespace isolab::house
