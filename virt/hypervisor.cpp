// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/data_folder.h"
#include "virt/virt.h"

#include <array>

#include <libvirt/libvirt.h>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "virt/host/host_check.h"
#include "virt/host/host_programs.h"
#include "virt/kernel/guest_kernel.h"
#include "virt/libvirt/bound_emulator.h"
#include "virt/libvirt/capability_cache.h"
#include "virt/libvirt/child_reaper.h"
#include "virt/libvirt/libvirt_error.h"
#include "virt/machine/domain_xml.h"
#include "virt/machine/machine_size.h"
#include "virt/machine/running_machine.h"
#include "virt/system_disk_maker.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

std::string version_text(unsigned long number) {
    return std::to_string(number / 1'000'000) + "." + std::to_string(number / 1000 % 1000) + "." +
           std::to_string(number % 1000);
}

/// Whether libvirt can make machines of a type with this emulator; makes it look at QEMU when it has not yet.
bool offers_domain_type(const VirtConnection& connection, const fs::path& emulator, const char* type) {
    const LibvirtText text(
        virConnectGetDomainCapabilities(connection.handle.get(), emulator.c_str(), "x86_64", "pc", type, 0));
    return text != nullptr;
}

class LibvirtHypervisor final : public Hypervisor {
  public:
    LibvirtHypervisor(MachineHost host, HypervisorFacts facts, DataFolder data, fs::path guest_init)
        : host_(std::move(host)), facts_(std::move(facts)), data_(std::move(data)), images_(data_.disks()),
          guest_init_(std::move(guest_init)) {}

    HypervisorFacts facts(const ResourceLimits& limits, std::optional<MachineKind> kind,
                          const MachineExtras& extras) const override {
        HypervisorFacts facts = facts_;
        const MachineShape shape =
            machine_shape(host_.abilities, kind.value_or(host_.kind), limits.cpus, DiskFirmware::bios, extras);
        facts.kind = shape.kind;
        facts.acpi = shape.acpi;
        facts.machine_type = shape.machine_type;
        facts.firmware = firmware_name(shape.firmware);
        facts.kernel_line = shape.kernel_line;
        facts.compressed_kernel = shape.compressed;
        facts.network_card = shape.network;
        facts.memory = machine_memory(limits, shape.least_memory);
        return facts;
    }
    Result<GuestDisk> find_disk(const std::string& digest) const override { return images_.find(digest); }
    Result<GuestDisk> make_disk(const DiskContent& content, const std::string& digest, ProgressSink& progress,
                                const StopToken& stop) override {
        return images_.make(content, digest, progress, stop);
    }
    Result<SystemDisk> prepare_system(const MachineImage& image, std::optional<DiskFirmware> firmware,
                                      const StopToken& stop) const override {
        ISOLAB_ASSIGN(const fs::path agent, find_guest_agent(guest_init_));
        return make_system_disk(image, {firmware, !host_.abilities.uefi.code.empty(), agent, data_.cache()}, stop);
    }
    Result<std::unique_ptr<Machine>> start(const MachineRequest& request, InstanceObserver& observer,
                                           const StopToken& stop) override {
        return start_machine(host_, request, observer, stop);
    }

  private:
    MachineHost host_;
    HypervisorFacts facts_;
    DataFolder data_;
    GuestImages images_;
    fs::path guest_init_;
};

/// libvirt's view of QEMU, and with it the accelerator.
Result<HypervisorFacts> ask_libvirt(const HypervisorOptions& options, const VirtConnection& connection,
                                    const fs::path& emulator) {
    std::optional<AdoptOrphans> adopt; // libvirt may ask QEMU what it can do
    if (connection.embedded)
        adopt.emplace(AdoptOrphans::of_probes(connection.slot.folder()));
    if (!offers_domain_type(connection, emulator, "qemu"))
        return fail(libvirt_error("use", emulator.string() + " through " + connection.uri));
    const AcceleratorChoice choice = choose_accelerator(options.accelerator, [&] {
        KvmFacts kvm = look_at_kvm();
        kvm.libvirt_offers = offers_domain_type(connection, emulator, "kvm");
        return check_kvm(kvm, DataFolder(options.root).cache());
    });
    HypervisorFacts facts;
    facts.accelerator = choice.accelerator;
    facts.accelerator_reason = choice.reason;
    facts.uri = connection.uri;
    facts.disk_cache = disk_cache;
    unsigned long version = 0;
    if (connection.embedded)
        facts.qemu_version = bound_version(emulator).value_or("");
    else if (virConnectGetVersion(connection.handle.get(), &version) == 0)
        facts.qemu_version = version_text(version);
    if (virGetVersion(&version, nullptr, nullptr) == 0)
        facts.libvirt_version = version_text(version);
    return facts;
}

} // namespace

Result<std::unique_ptr<Hypervisor>> Hypervisor::open(const HypervisorOptions& given, const StopToken& stop) {
    HypervisorOptions options = given;
    std::error_code error;
    options.root = fs::absolute(given.root, error).lexically_normal();
    ISOLAB_ASSIGN(fs::path emulator, find_emulator());
    ISOLAB_ASSIGN(const fs::path guest_init, find_guest_init(options));
    ISOLAB_ASSIGN(const fs::path keeper, find_keeper(guest_init));
    ISOLAB_ASSIGN(const KernelSource source, find_kernel(kernel_search(options)));
    ISOLAB_TRY(open_data_folder(options.root));
    ISOLAB_ASSIGN(const GuestKernel kernel, prepare_kernel(source, guest_init, DataFolder(options.root).cache()));
    ISOLAB_TRY(stop.check("open the virtual machine backend"));

    ISOLAB_ASSIGN(const auto connection, open_connection(options.root, options.uri, stop, keeper));
    if (connection->embedded) {
        ISOLAB_ASSIGN(emulator, bind_emulator(connection->root, keeper, emulator));
    }
    ISOLAB_ASSIGN(HypervisorFacts facts, ask_libvirt(options, *connection, emulator));
    if (connection->embedded)
        ISOLAB_TRY(store_capability_cache(options.root, connection->slot.folder()));
    facts.kernel = kernel.release;

    GuestImages images(DataFolder(options.root).disks());
    ISOLAB_TRY(images.remove_abandoned());
    MachineHost host{connection,
                     {},
                     options.kind,
                     kernel.image,
                     kernel.boot_image,
                     kernel.initramfs,
                     kernel.network_initramfs,
                     options.boot_deadline};
    host.abilities = {facts.accelerator, emulator, find_qboot(), find_uefi(), kernel.pvh, measure_tsc_khz()};
    return std::make_unique<LibvirtHypervisor>(std::move(host), std::move(facts), DataFolder(options.root), guest_init);
}

} // namespace isolab
