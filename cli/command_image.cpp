// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/interrupt.h"
#include "cli/progress_view.h"
#include "cli/system_usage.h"
#include "compare/model/format.h"
#include "engine/base/data_folder.h"
#include "engine/containers/container_files.h"
#include "engine/containers/image_removal.h"
#include "engine/rootfs/snapshotter.h"

namespace isolab {
namespace {

struct ImportOptions {
    std::string path;
    std::optional<std::string> name;
};

/// The store alone: images can be managed where containers cannot run.
Result<ImageStore> open_store(const GlobalOptions& globals) {
    ISOLAB_ASSIGN(const std::filesystem::path root, data_root(globals.session));
    ISOLAB_TRY(open_data_folder(root));
    return ImageStore::open(DataFolder(root).images());
}

Result<void> import_image(const GlobalOptions& globals, const ImportOptions& options) {
    const Interrupt interrupt;
    ProgressView progress(0, globals.quiet);
    ISOLAB_ASSIGN(ImageStore store, open_store(globals));
    ISOLAB_ASSIGN(const Image image, store.import(options.path, options.name, progress, interrupt.token()));
    progress.clear();
    return write_result(
        fmt::format("{}  {}  {}\n", image.name, image.digest.text(), format_bytes(static_cast<double>(image.size))),
        {});
}

Result<void> list_images(const GlobalOptions& globals) {
    ISOLAB_ASSIGN(const ImageStore store, open_store(globals));
    std::vector<Error> damaged;
    ISOLAB_ASSIGN(const std::vector<Image> images, store.list(&damaged));
    for (const Error& error : damaged)
        report_error(error);
    std::size_t width = 4;
    for (const Image& image : images)
        width = std::max(width, image.name.size());
    std::string text = fmt::format("{:<{}}  {:<12}  {:>8}  {}\n", "NAME", width, "DIGEST", "SIZE", "LAYERS");
    for (const Image& image : images)
        text += fmt::format("{:<{}}  {:<12}  {:>8}  {}\n", image.name, width, image.digest.short_hex(),
                            format_bytes(static_cast<double>(image.size)), image.layers.size());
    return write_result(text, {});
}

Result<void> remove_image(const GlobalOptions& globals, const std::string& name, bool force) {
    ISOLAB_ASSIGN(ImageStore store, open_store(globals));
    ISOLAB_TRY(remove_image(store, name, force));
    return remove_unneeded_disks(store);
}

Result<void> diff_images(const GlobalOptions& globals, const std::vector<std::string>& names) {
    const Interrupt interrupt;
    ProgressView progress(0, globals.quiet);
    ISOLAB_ASSIGN(const ImageStore store, open_store(globals));
    ISOLAB_ASSIGN(LayerStore layers, LayerStore::open(DataFolder(store.folder().parent_path()).layers()));
    ISOLAB_ASSIGN(const Image before, store.find(names[0]));
    ISOLAB_ASSIGN(const Image after, store.find(names[1]));
    std::vector<LayerHold> held;
    for (const Image& image : {before, after}) {
        ISOLAB_ASSIGN(LayerHold hold, layers.ensure(store, image, progress, interrupt.token()));
        held.push_back(std::move(hold));
    }
    ISOLAB_ASSIGN(const auto changes, image_differences(layers, before, after, interrupt.token()));
    progress.clear();
    return write_result(changes_text(changes), {});
}

} // namespace

void add_image_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    const CommandParser group = app.add_subcommand("image", "Import and list images");
    group.require_subcommand(1);

    auto options = std::make_shared<ImportOptions>();
    const CommandParser imports = group.add_subcommand(
        "import", "Import an OCI layout folder, an OCI or docker-save archive, or a root file system tar");
    imports.add_option("path", options->path, "Folder or archive").required().type_name("PATH");
    imports.add_option("--name", options->name, "Name to give it, as in redis or redis:7").type_name("NAME");
    imports.callback([options, &globals, &exit_code] { exit_code = exit_code_of(import_image(globals, *options)); });

    group.add_subcommand("ls", "List the images").callback([&globals, &exit_code] {
        exit_code = exit_code_of(list_images(globals));
    });

    auto name = std::make_shared<std::string>();
    const CommandParser remove = group.add_subcommand(
        "rm", "Forget an image and delete what no other image uses of its blobs, layers and machine disks");
    remove.add_option("name", *name, "Name or digest").required().type_name("IMAGE");
    auto force = std::make_shared<bool>(false);
    remove.add_flag("-f,--force", *force, "Also one that containers were made of; they keep their layers");
    remove.callback(
        [name, force, &globals, &exit_code] { exit_code = exit_code_of(remove_image(globals, *name, *force)); });

    auto names = std::make_shared<std::vector<std::string>>();
    const CommandParser diff =
        group.add_subcommand("diff", "Show how a second image differs from the first: A added, C changed, D deleted");
    diff.add_option("image", *names, "Names or digests").required().expected(2).type_name("IMAGE");
    diff.callback([names, &globals, &exit_code] { exit_code = exit_code_of(diff_images(globals, *names)); });
}

} // namespace isolab
