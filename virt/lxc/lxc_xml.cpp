// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/lxc/lxc_xml.h"

#include "virt/guest_init/guest_protocol.h"
#include "virt/libvirt/xml_writer.h"

namespace isolab {
namespace {

constexpr unsigned quota_period_us = 100'000;

} // namespace

std::string lxc_xml(const LxcSpec& spec) {
    XmlWriter xml;
    xml.begin("domain", {{"type", "lxc"}}).text("name", spec.name);
    xml.text("memory", std::to_string(spec.limits.memory_bytes), {{"unit", "b"}});
    xml.text("vcpu", std::to_string(spec.limits.cpus)); // which limits nothing: processes of the host run on all of its
    xml.begin("cputune");
    xml.text("period", std::to_string(quota_period_us));
    xml.text("quota", std::to_string(quota_period_us * spec.limits.cpus));
    xml.end();
    xml.begin("os").text("type", "exe");
    xml.text("init", "/proc/self/fd/" + std::to_string(guest::lxc_program_fd)).end();
    xml.begin("features").empty("privnet").end();
    xml.begin("devices");
    xml.begin("filesystem", {{"type", "mount"}});
    xml.empty("source", {{"dir", spec.root.string()}}).empty("target", {{"dir", "/"}}).end();
    xml.empty("console", {{"type", "pty"}}); // the driver insists
    xml.end();
    xml.end();
    return xml.document();
}

} // namespace isolab
