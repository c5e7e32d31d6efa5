// SPDX-License-Identifier: GPL-3.0-or-later
//
// Verbs that start: run create start attach.
#include <fcntl.h>
#include <unistd.h>

#include "cli/attached_terminal.h"
#include "cli/container_commands.h"
#include "cli/container_options.h"
#include "cli/interrupt.h"
#include "cli/progress_view.h"
#include "cli/terminal.h"
#include "engine/base/file_tree.h"

namespace isolab {
namespace {

constexpr int not_started = 125; // as docker's and our launcher's

struct HeldImage {
    Image image;
    LayerHold hold; ///< until the container has a snapshot with one of its own
};

/// Makes sure that the image is there: the default one comes with the program.
Result<HeldImage> find_image(const GlobalOptions& globals, Engine& engine, const std::string& name) {
    const Interrupt interrupt;
    ProgressView progress(0, globals.quiet);
    auto image = engine.images().find(name);
    if (!image && image.error().kind == ErrorKind::not_found && name.starts_with("isolab/default")) {
        ISOLAB_TRY(Session::open(globals.session, progress, interrupt.token()));
        image = engine.images().find(name);
    }
    if (!image)
        return fail(image.error());
    ISOLAB_ASSIGN(LayerHold hold, engine.layers().ensure(engine.images(), *image, progress, interrupt.token()));
    progress.clear();
    return HeldImage{std::move(*image), std::move(hold)};
}

Result<ContainerSettings> create(const GlobalOptions& globals, OpenContainers& open, const ContainerOptions& options,
                                 const std::vector<std::string>& words) {
    if (words.empty())
        return fail(ErrorKind::invalid_argument, "create a container", {}, "no image was named", "See isolab image ls");
    ISOLAB_ASSIGN(const HeldImage held, find_image(globals, *open.engine, words.front()));
    const Image& image = held.image;
    const Interrupt interrupt;
    ISOLAB_ASSIGN(ContainerSettings settings,
                  settings_of(options, *open.engine, image, {words.begin() + 1, words.end()}));
    ISOLAB_TRY(take_volumes_from(settings, options, open.containers));
    if (options.id_file && ::access(options.id_file->c_str(), F_OK) == 0)
        return fail(ErrorKind::already_exists, "write the id to", *options.id_file, "the file exists");
    ISOLAB_TRY(open.containers.create(settings, image, interrupt.token()));
    if (options.id_file)
        ISOLAB_TRY(write_user_file(*options.id_file, settings.id));
    return settings;
}

Result<AttachOptions> attach_options(const ContainerSettings& settings, bool input,
                                     const ForegroundOptions& foreground) {
    AttachOptions options;
    options.terminal = settings.process.terminal;
    options.input = input;
    options.pass_signals = foreground.pass_signals && !options.terminal;
    ISOLAB_ASSIGN(options.detach_keys, parse_detach_keys(foreground.detach_keys));
    return options;
}

/// Starts a container and stays with it.
Result<int> start_attached(OpenContainers& open, const ContainerSettings& settings, bool input,
                           const ForegroundOptions& foreground) {
    ISOLAB_ASSIGN(const AttachOptions options, attach_options(settings, input, foreground));
    ISOLAB_ASSIGN(SupervisorClient::Pair pair, SupervisorClient::make_pair());
    ISOLAB_TRY(pair.client.send(ClientWord::attach, input ? "oik" : "ok"));
    std::vector<std::string> warnings;
    auto started = [&] {
        const Interrupt interrupt; // from then on signals are the workload's
        return open.containers.start(settings.id, &pair.supervisor_end, warnings, interrupt.token());
    }();
    warn_all(warnings);
    ISOLAB_TRY(started);
    pair.supervisor_end.reset();
    ISOLAB_ASSIGN(const auto code, attach_terminal(pair.client, options));
    if (!code) // detached
        return 0;
    ISOLAB_TRY(open.containers.tidy_up(settings.id, {}));
    return *code;
}

Result<int> start_detached(OpenContainers& open, const ContainerSettings& settings) {
    const Interrupt interrupt;
    std::vector<std::string> warnings;
    auto started = open.containers.start(settings.id, nullptr, warnings, interrupt.token());
    warn_all(warnings);
    ISOLAB_TRY(started);
    return static_cast<int>(exit_code_of(write_result(settings.id + "\n", {})));
}

/// The exit code is the workload's; what went wrong before it ran has codes that shells and docker use too.
int run(const GlobalOptions& globals, const ContainerOptions& options, const std::vector<std::string>& words) {
    const auto failed = [](const Error& error) {
        report_error(error);
        return not_started;
    };
    if (options.terminal && !options.detach && options.interactive && ::isatty(STDIN_FILENO) == 0)
        return failed({ErrorKind::invalid_argument,
                       "use --tty",
                       {},
                       "standard input is no terminal",
                       "Leave --tty out, or --interactive"});
    auto open = OpenContainers::open(globals, true);
    if (!open)
        return failed(open.error());
    if (const auto keys = parse_detach_keys(options.foreground.detach_keys); !keys)
        return failed(keys.error());
    const auto settings = create(globals, *open, options, words);
    if (!settings)
        return failed(settings.error());
    const auto code = options.detach ? start_detached(*open, *settings)
                                     : start_attached(*open, *settings, options.interactive, options.foreground);
    if (code)
        return *code;
    report_error(code.error());
    if (code.error().kind == ErrorKind::cancelled)
        return static_cast<int>(ExitCode::interrupted);
    const auto now = open->containers.inspect(settings->id);
    if (now && !now->is_up() && options.remove) [[maybe_unused]]
        const auto removed = open->containers.remove(settings->id, true, false, {});
    const bool has_code = now && now->phase == ContainerPhase::exited && now->report.exit_code >= not_started;
    return has_code ? now->report.exit_code : not_started;
}

Result<void> create_only(const GlobalOptions& globals, const ContainerOptions& options,
                         const std::vector<std::string>& words) {
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals, true));
    ISOLAB_ASSIGN(const ContainerSettings settings, create(globals, open, options, words));
    return write_result(settings.id + "\n", {});
}

struct StartOptions {
    std::vector<std::string> references;
    bool attach = false;
    bool input = false;
    ForegroundOptions foreground;
};

Result<int> start(const GlobalOptions& globals, const StartOptions& options) {
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals, true));
    if (options.attach || options.input) {
        if (options.references.size() != 1)
            return fail(ErrorKind::invalid_argument, "attach to", {}, "only one container can be attached to");
        ISOLAB_ASSIGN(const ContainerInfo container, open.containers.inspect(options.references.front()));
        return start_attached(open, container.settings, options.input && container.settings.supervision.standard_input,
                              options.foreground);
    }
    const Interrupt interrupt;
    ISOLAB_TRY(for_each_container(options.references, [&](const std::string& reference) -> Result<void> {
        std::vector<std::string> warnings;
        auto started = open.containers.start(reference, nullptr, warnings, interrupt.token());
        warn_all(warnings);
        return started;
    }));
    return 0;
}

struct AttachArguments {
    std::string reference;
    bool no_input = false;
    ForegroundOptions foreground;
};

Result<int> attach(const GlobalOptions& globals, const AttachArguments& arguments) {
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(const ContainerInfo container, open.containers.inspect(arguments.reference));
    const bool input = container.settings.supervision.standard_input && !arguments.no_input;
    ISOLAB_ASSIGN(const AttachOptions options, attach_options(container.settings, input, arguments.foreground));
    ISOLAB_ASSIGN(SupervisorClient client, open.containers.connect(arguments.reference));
    ISOLAB_TRY(client.send(ClientWord::attach, input ? "oi" : "o"));
    ISOLAB_ASSIGN(const auto code, attach_terminal(client, options));
    return code.value_or(0);
}

/// The words after the options are IMAGE and its command, whatever they look like.
CommandParser add_verb_with_words(const VerbPlace& place, const std::string& name, const std::string& help) {
    const CommandParser verb = place.group.add_subcommand(name, help);
    verb.fallthrough(false).prefix_command();
    verb.footer("IMAGE [COMMAND…] follow the options.");
    return verb;
}

} // namespace

void add_run_verb(const VerbPlace& place) {
    auto options = std::make_shared<ContainerOptions>();
    const CommandParser verb = add_verb_with_words(place, "run", "Create a container, start it and stay with it");
    verb.set_help_flag("--help", "Print this help message and exit"); // -h is the host name
    add_container_options(verb, *options, true);
    place.on_run_with_code(verb, [options, verb, &globals = place.globals] {
        return run(globals, *options, words_of(verb.remaining(), globals.after_dashes));
    });
}

void add_run_verbs(const VerbPlace& place) {
    add_run_verb(place);

    auto options = std::make_shared<ContainerOptions>();
    const CommandParser verb = add_verb_with_words(place, "create", "Create a container, which can be started later");
    verb.set_help_flag("--help", "Print this help message and exit");
    add_container_options(verb, *options, false);
    place.on_run(verb, [options, verb, &globals = place.globals] {
        return create_only(globals, *options, words_of(verb.remaining(), globals.after_dashes));
    });

    auto start_options = std::make_shared<StartOptions>();
    const CommandParser starts = place.group.add_subcommand("start", "Start containers that do not run");
    starts.add_option("container", start_options->references, "Names or ids").required().type_name("CONTAINER");
    starts.add_flag("-a,--attach", start_options->attach, "Stay with it and show its output");
    starts.add_flag("-i,--interactive", start_options->input, "Stay with it and give it input");
    add_foreground_options(starts, start_options->foreground);
    place.on_run_with_code(starts,
                           [start_options, &globals = place.globals] { return start(globals, *start_options); });

    auto arguments = std::make_shared<AttachArguments>();
    const CommandParser attaches =
        place.group.add_subcommand("attach", "Connect with a running container; Ctrl-P Ctrl-Q leaves");
    attaches.add_option("container", arguments->reference, "Name or id").required().type_name("CONTAINER");
    attaches.add_flag("--no-stdin", arguments->no_input, "Do not give it input");
    add_foreground_options(attaches, arguments->foreground);
    place.on_run_with_code(attaches, [arguments, &globals = place.globals] { return attach(globals, *arguments); });
}

} // namespace isolab
