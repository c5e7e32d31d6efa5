// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/interrupt.h"
#include "cli/output_template.h"
#include "cli/progress_view.h"
#include "compare/model/format.h"
#include "engine/base/data_folder.h"
#include "engine/base/json.h"
#include "engine/base/size.h"
#include "virt/machine_image/debian_image.h"
#include "virt/machine_image/disk_import.h"
#include "virt/machine_image/machine_image_store.h"

namespace isolab {
namespace {

struct MachineImportOptions {
    std::filesystem::path file;
    std::string name;
};

Result<MachineImageStore> open_machine_images(const GlobalOptions& globals) {
    ISOLAB_ASSIGN(const std::filesystem::path root, data_root(globals.session));
    ISOLAB_TRY(open_data_folder(root));
    return MachineImageStore::open(DataFolder(root).machine_images());
}

std::string size_cell(std::uint64_t bytes) { return format_bytes(static_cast<double>(bytes)); }

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string images_table(const std::vector<MachineImage>& images) {
    std::vector<std::vector<std::string>> rows{
        {"NAME", "DISTRIBUTION", "ORIGIN", "FIRMWARE", "KERNEL", "DISK", "FILE", "CREATED"}};
    for (const MachineImage& image : images)
        rows.push_back({image.name, or_dash(image.distribution), origin_id(image.origin),
                        fmt::format("{}", fmt::join(firmware_ids(image.firmware), ",")), or_dash(image.kernel),
                        size_cell(image.disk_size), size_cell(image.file_size), image.created});
    return align_columns(rows);
}

/// Its description, and where its disk lies.
Json shown_image(const MachineImage& image) {
    Json document = machine_image_json(image);
    document["disk"] = image.disk.string();
    return document;
}

Result<void> import_disk(const GlobalOptions& globals, const MachineImportOptions& options) {
    const Interrupt interrupt;
    ProgressView progress(0, globals.quiet);
    ISOLAB_ASSIGN(const MachineImageStore store, open_machine_images(globals));
    ISOLAB_ASSIGN(const MachineImage image,
                  import_machine_image(store, options.file, options.name, progress, interrupt.token()));
    progress.clear();
    return write_result(image.name + "\n", {});
}

struct MachineBuildOptions {
    std::string distribution = "debian";
    DebianRequest request;
    std::string size = "4G";
};

Result<void> build_image(const GlobalOptions& globals, const MachineBuildOptions& options) {
    const Interrupt interrupt;
    ProgressView progress(0, globals.quiet);
    DebianRequest request = options.request;
    ISOLAB_ASSIGN(request.size, parse_size(options.size));
    ISOLAB_ASSIGN(const MachineImageStore store, open_machine_images(globals));
    ISOLAB_ASSIGN(const MachineImage image, build_debian_image(store, request, progress, interrupt.token()));
    progress.clear();
    return write_result(image.name + "\n", {});
}

Result<void> list_machine_images(const GlobalOptions& globals, const std::string& format) {
    ISOLAB_ASSIGN(const MachineImageStore store, open_machine_images(globals));
    std::vector<Error> damaged;
    ISOLAB_ASSIGN(const std::vector<MachineImage> images, store.list(&damaged));
    for (const Error& error : damaged)
        report_warning(error);
    if (format != "json")
        return write_result(images_table(images), {});
    Json list = Json::array();
    for (const MachineImage& image : images)
        list.push_back(shown_image(image));
    return write_result(Json{{"schema", "isolab.machine-images/1"}, {"images", list}}.dump(2) + "\n", {});
}

Result<void> inspect_machine_images(const GlobalOptions& globals, const std::vector<std::string>& names) {
    ISOLAB_ASSIGN(const MachineImageStore store, open_machine_images(globals));
    Json documents = Json::array();
    for (const std::string& name : names) {
        ISOLAB_ASSIGN(const MachineImage image, store.find(name));
        documents.push_back(shown_image(image));
    }
    return write_result(documents.dump(4) + "\n", {});
}

Result<void> remove_machine_images(const GlobalOptions& globals, const std::vector<std::string>& names) {
    ISOLAB_ASSIGN(const MachineImageStore store, open_machine_images(globals));
    for (const std::string& name : names) {
        ISOLAB_TRY(store.remove(name));
        ISOLAB_TRY(write_result(name + "\n", {}));
    }
    return {};
}

void add_machine_import(CommandParser group, GlobalOptions& globals, ExitCode& exit_code) {
    auto options = std::make_shared<MachineImportOptions>();
    const CommandParser verb = group.add_subcommand(
        "import", "Copy a disk with an installed system, qcow2 or raw, after looking whether it is whole");
    verb.add_option("file", options->file, "The disk; it stays as it is").required().type_name("FILE");
    verb.add_option("--name", options->name, "Name to give it; default: the file's").type_name("NAME");
    verb.callback([options, &globals, &exit_code] { exit_code = exit_code_of(import_disk(globals, *options)); });
}

void add_machine_build(CommandParser group, GlobalOptions& globals, ExitCode& exit_code) {
    auto options = std::make_shared<MachineBuildOptions>();
    const CommandParser verb = group.add_subcommand(
        "build", "Build one of a distribution's packages: kernel, boot loader, systemd, a server's usual programs");
    verb.add_option("distribution", options->distribution, "What to build").required().one_of({"debian"});
    verb.add_option("--name", options->request.name, "Name to give it; default: debian-SUITE").type_name("NAME");
    verb.add_option("--suite", options->request.suite, "Release").capture_default_str().type_name("SUITE");
    verb.add_option("--size", options->size, "Of the disk; what is not used takes no room")
        .capture_default_str()
        .type_name("SIZE");
    verb.add_option("--mirror", options->request.mirror, "Package archive; default: that of this machine's apt")
        .type_name("URL");
    verb.callback([options, &globals, &exit_code] { exit_code = exit_code_of(build_image(globals, *options)); });
}

} // namespace

void add_vm_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    const CommandParser vm = app.add_subcommand("vm", "Virtual machines with an installed system of their own");
    vm.require_subcommand(1);
    const CommandParser group = vm.add_subcommand("image", "Disks with an installed system, which machines boot");
    group.require_subcommand(1);
    add_machine_build(group, globals, exit_code);
    add_machine_import(group, globals, exit_code);

    auto format = std::make_shared<std::string>("table");
    const CommandParser lists = group.add_subcommand("ls", "List the machine images");
    lists.add_option("--format", *format, "table or json").one_of({"table", "json"}).capture_default_str();
    lists.callback([format, &globals, &exit_code] { exit_code = exit_code_of(list_machine_images(globals, *format)); });

    auto inspected = std::make_shared<std::vector<std::string>>();
    const CommandParser inspects = group.add_subcommand("inspect", "Show all that is known of machine images, as JSON");
    inspects.add_option("name", *inspected, "Names").required().type_name("NAME");
    inspects.callback(
        [inspected, &globals, &exit_code] { exit_code = exit_code_of(inspect_machine_images(globals, *inspected)); });

    auto removed = std::make_shared<std::vector<std::string>>();
    const CommandParser removes = group.add_subcommand("rm", "Remove machine images that no machine uses");
    removes.add_option("name", *removed, "Names").required().type_name("NAME");
    removes.callback(
        [removed, &globals, &exit_code] { exit_code = exit_code_of(remove_machine_images(globals, *removed)); });
}

} // namespace isolab
