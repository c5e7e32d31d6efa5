// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/interrupt.h"
#include "cli/progress_view.h"
#include "compare/report.h"
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
    return ImageStore::open(root / "images");
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

Result<void> remove_image(const GlobalOptions& globals, const std::string& name) {
    ISOLAB_ASSIGN(ImageStore store, open_store(globals));
    ISOLAB_TRY(store.remove(name));
    ISOLAB_ASSIGN(const std::vector<Image> kept, store.list());
    ISOLAB_ASSIGN(const LayerStore layers, LayerStore::open(store.folder().parent_path() / "layers"));
    return layers.remove_unused(kept);
}

ExitCode finish(const Result<void>& result) { return result ? ExitCode::ok : report_error(result.error()); }

} // namespace

void add_image_command(CLI::App& app, GlobalOptions& globals, ExitCode& exit_code) {
    CLI::App* group = app.add_subcommand("image", "Import and list images");
    group->require_subcommand(1);

    auto options = std::make_shared<ImportOptions>();
    CLI::App* import = group->add_subcommand(
        "import", "Import an OCI layout folder, an OCI or docker-save archive, or a root file system tar");
    import->add_option("path", options->path, "Folder or archive")->required()->type_name("PATH");
    import->add_option("--name", options->name, "Name to give it, as in redis or redis:7")->type_name("NAME");
    import->callback([options, &globals, &exit_code] { exit_code = finish(import_image(globals, *options));
});

group->add_subcommand("ls", "List the images")->callback([&globals, &exit_code] {
    exit_code = finish(list_images(globals));
});

auto name = std::make_shared<std::string>();
CLI::App* remove =
    group->add_subcommand("rm", "Forget an image and delete those of its blobs that no other image uses");
remove->add_option("name", *name, "Name or digest")->required()->type_name("IMAGE");
remove->callback([name, &globals, &exit_code] { exit_code = finish(remove_image(globals, *name)); });
} // namespace isolab

} // namespace isolab
