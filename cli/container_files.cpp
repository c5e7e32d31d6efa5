// SPDX-License-Identifier: GPL-3.0-or-later
//
// Verbs on files: cp diff commit.
#include "engine/containers/container_files.h"

#include <unistd.h>

#include "cli/container_commands.h"
#include "cli/interrupt.h"
#include "cli/progress_view.h"

namespace isolab {
namespace {

Result<void> diff(const GlobalOptions& globals, const std::vector<std::string>& references) {
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
    const Interrupt interrupt;
    const ContainerFiles files(open.containers);
    auto changes = references.size() == 1 ? files.changes(references[0], interrupt.token())
                                          : files.differences(references[0], references[1], interrupt.token());
    ISOLAB_TRY(changes);
    return write_result(changes_text(*changes), {});
}

/// "CONTAINER:PATH"; a path of this machine begins with '/' or '.', or has no colon.
std::optional<std::pair<std::string, std::string>> split_place(const std::string& text) {
    const auto colon = text.find(':');
    if (colon == std::string::npos || text.starts_with('/') || text.starts_with('.') || text.find('/') < colon)
        return std::nullopt;
    return std::pair(text.substr(0, colon), text.substr(colon + 1));
}

struct CopyArguments {
    std::string source;
    std::string destination;
    CopyRequest request;
};

constexpr const char* standard_stream = "-"; ///< a tar archive

Result<int> copy(const GlobalOptions& globals, const CopyArguments& arguments) {
    const auto from = split_place(arguments.source);
    const auto to = split_place(arguments.destination);
    if (from.has_value() == to.has_value())
        return fail(ErrorKind::invalid_argument, "copy", arguments.source + " to " + arguments.destination,
                    "one of both must be in a container", "Write it as CONTAINER:PATH");
    CopyRequest request = arguments.request;
    request.into = to.has_value();
    request.source = from ? from->second : arguments.source;
    request.destination = to ? to->second : arguments.destination;
    if (from && request.destination == standard_stream && ::isatty(STDOUT_FILENO) == 1)
        return fail(ErrorKind::invalid_argument, "copy", arguments.source, "an archive is nothing for a terminal",
                    "Lead standard output into a file or a program");
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
    const ContainerFiles files(open.containers);
    const std::string& container = from ? from->first : to->first;
    if ((from ? request.destination : request.source) == standard_stream) {
        const Interrupt interrupt;
        std::vector<std::string> warnings;
        const auto done =
            files.copy_archive(container, request, from ? STDOUT_FILENO : STDIN_FILENO, warnings, interrupt.token());
        warn_all(warnings);
        ISOLAB_TRY(done);
        return 0;
    }
    ISOLAB_ASSIGN(const Command command, files.copy_command(container, request));
    return become(command);
}

struct CommitArguments {
    std::string reference;
    std::optional<std::string> name;
    CommitOptions options;
    bool pause = true;
    bool zstd = false;
};

Result<void> commit(const GlobalOptions& globals, const CommitArguments& arguments) {
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
    const Interrupt interrupt;
    ProgressView progress(0, globals.quiet);
    CommitOptions options = arguments.options;
    options.name = arguments.name;
    options.compression = arguments.zstd ? Compression::zstd : Compression::gzip;
    ISOLAB_ASSIGN(const Image image, ContainerFiles(open.containers)
                                         .commit(arguments.reference, open.engine->images(), options, arguments.pause,
                                                 progress, interrupt.token()));
    progress.clear();
    return write_result(image.digest.text() + "\n", {});
}

} // namespace

void add_file_verbs(const VerbPlace& place) {
    auto references = std::make_shared<std::vector<std::string>>();
    const CommandParser diffs = place.group.add_subcommand(
        "diff", "Show what a container has changed in its image, or how a second one differs from it");
    diffs.add_option("container", *references, "Names or ids").required().expected(1, 2).type_name("CONTAINER");
    place.on_run(diffs, [references, &globals = place.globals] { return diff(globals, *references); });

    auto copied = std::make_shared<CopyArguments>();
    const CommandParser copies = place.group.add_subcommand("cp", "Copy files between a container and this machine");
    copies.add_option("source", copied->source, "CONTAINER:PATH, PATH, or - for a tar archive")
        .required()
        .type_name("SOURCE");
    copies.add_option("destination", copied->destination, "The same").required().type_name("DESTINATION");
    copies.add_flag("-a,--archive", copied->request.archive, "Keep owners");
    copies.add_flag("-L,--follow-link", copied->request.follow_link, "Copy what a link leads to");
    place.on_run_with_code(copies, [copied, &globals = place.globals] { return copy(globals, *copied); });

    auto committed = std::make_shared<CommitArguments>();
    const CommandParser commits = place.group.add_subcommand("commit", "Make an image of a container's files");
    commits.add_option("container", committed->reference, "Name or id").required().type_name("CONTAINER");
    commits.add_option("name", committed->name, "The image's name").type_name("NAME");
    commits.add_option("-a,--author", committed->options.author, "Who made it").type_name("NAME");
    commits.add_option("-m,--message", committed->options.message, "Why").type_name("TEXT");
    commits.add_option("-c,--change", committed->options.changes, "A line of a Dockerfile: CMD, ENV, LABEL, …")
        .type_name("LINE")
        .allow_extra_args(false);
    commits.add_flag("-p,--pause,!--no-pause", committed->pause, "Let it stand still meanwhile; default");
    commits.add_flag("--zstd", committed->zstd, "Compress with zstd: faster and smaller, for newer tools");
    place.on_run(commits, [committed, &globals = place.globals] { return commit(globals, *committed); });
}

} // namespace isolab
