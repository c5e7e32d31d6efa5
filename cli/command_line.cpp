// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command_line.h"

#include <algorithm>
#include <array>
#include <map>

#include "cli/terminal.h"

namespace isolab {
namespace {

constexpr std::array commands{add_compare_command, add_experiment_command, add_worlds_command, add_container_command,
                              add_check_command,   add_image_command,      add_volume_command, add_network_command,
                              add_history_command, add_report_command,     add_vm_command,     add_system_command};

const std::map<std::string, Accelerator> accelerators{{"kvm", Accelerator::kvm}, {"tcg", Accelerator::tcg}};

const std::map<std::string, MachineKind> machine_kinds{{"standard", MachineKind::standard},
                                                       {"lean", MachineKind::lean}};

const std::map<std::string, DiskFirmware> firmwares{{"bios", DiskFirmware::bios}, {"uefi", DiskFirmware::uefi}};

void add_global_options(CommandParser app, GlobalOptions& globals) {
    app.add_option("--root", globals.session.root, "Data folder (images, disks, results)")
        .envname("ISOLAB_ROOT")
        .type_name("DIR");
    app.add_option("--connect", globals.session.libvirt_uri, "libvirt connection; default: QEMU in this process")
        .type_name("URI");
    app.add_choice("--accelerator", globals.session.accelerator, accelerators,
                   "kvm or tcg; default: KVM where it really works")
        .type_name("NAME");
    app.add_choice("--vm", globals.session.machine_kind, machine_kinds,
                   "Kind of machine of the world vm: lean, the least that works, or standard, what libvirt users get; "
                   "default: lean")
        .type_name("KIND");
    app.add_option("--machine-image", globals.session.system.image,
                   "Image that the world vm-full boots; default: the newest (see isolab vm image ls)")
        .type_name("NAME");
    app.add_choice("--firmware", globals.session.system.firmware, firmwares,
                   "What starts it, bios or uefi; default: bios where the image can")
        .type_name("NAME");
    app.add_option("--kernel", globals.session.kernel, "Guest kernel (bzImage or vmlinux)").type_name("FILE");
    app.add_flag("-q,--quiet", globals.quiet, "No progress on standard error");
}

} // namespace

ExitCode run_command_line(std::vector<std::string> arguments) {
    GlobalOptions globals;
    const auto dashes = std::ranges::find(arguments, "--");
    if (dashes != arguments.end()) {
        globals.after_dashes.assign(dashes + 1, arguments.end());
        arguments.erase(dashes, arguments.end());
    }

    ProgramParser parser("isolab",
                         "Starts the same workload in a container and in a virtual machine and shows what each costs.");
    const CommandParser app = parser.command();
    app.set_version_flag("--version", ISOLAB_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.footer("Exit codes: 0 done; 1 a run or a side failed; 2 wrong usage or unknown name; 3 a prerequisite is\n"
               "missing (see isolab check); 130 interrupted.");
    add_global_options(app, globals);
    ExitCode exit_code = ExitCode::ok;
    for (const AddCommand add : commands)
        add(app, globals, exit_code);

    const std::optional<ParseStop> stop = parser.parse(std::move(arguments));
    if (!stop)
        return exit_code;
    if (stop->exit_code == 0)
        return exit_code_of(write_result(stop->text, {}));
    write_error(stop->text);
    return ExitCode::usage;
}

} // namespace isolab
