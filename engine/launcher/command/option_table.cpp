// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/command/option_table.h"

#include <algorithm>
#include <array>
#include <limits>

#include "engine/checkpoint/criu_messages.h"

namespace isolab::launcher {
namespace {

/// "tcp:PORT" or "http:PORT/PATH".
Result<PortProbe> parse_probe(const std::string& text) {
    const auto colon = text.find(':');
    const auto slash = text.find('/');
    const std::string kind = text.substr(0, colon);
    if (colon == std::string::npos || (kind != "tcp" && kind != "http"))
        return bad_argument(text, "a probe is tcp:PORT or http:PORT/PATH");
    const auto port = number_of<int>(text.substr(colon + 1, slash == std::string::npos ? slash : slash - colon - 1));
    if (!port || *port < 1 || *port > 65535)
        return bad_argument(text, "the port is not between 1 and 65535");
    PortProbe probe{static_cast<std::uint16_t>(*port), std::nullopt};
    if (kind == "http")
        probe.http_path = slash == std::string::npos ? "/" : text.substr(slash);
    return probe;
}

/// "UID" or "UID:GID", numbers and nothing else: what looks like a number to one and like a name to another has been
/// root before (CVE-2016-3697).
Result<void> take_user(Options& options, const std::string& value) {
    const auto colon = value.find(':');
    const auto uid = number_of<std::uint32_t>(std::string_view(value).substr(0, colon));
    std::optional<std::uint32_t> gid;
    if (colon != std::string::npos)
        gid = number_of<std::uint32_t>(std::string_view(value).substr(colon + 1));
    if (!uid || (colon != std::string::npos && !gid))
        return bad_argument(value, "a user is UID or UID:GID, in digits");
    options.exec.uid = uid;
    if (gid)
        options.exec.gid = gid;
    return {};
}

Result<void> take_group(Options& options, const std::string& value) {
    const auto gid = number_of<std::uint32_t>(value);
    if (!gid)
        return bad_argument(value, "a group is a number");
    options.exec.additional_gids.push_back(*gid);
    return {};
}

Result<void> take_variable(Options& options, const std::string& value) {
    if (value.find('=') == std::string::npos || value.front() == '=')
        return bad_argument(value, "a variable is NAME=value");
    options.exec.env.push_back(value);
    return {};
}

Result<void> take_event_socket(Options& options, const std::string& value) {
    const auto fd = number_of<int>(value);
    if (!fd || *fd < 3)
        return bad_argument(value, "a descriptor above 2 is expected");
    options.event_fd = *fd;
    return {};
}

Result<void> take_host_fd(Options& options, const std::string& value) {
    const auto fd = number_of<int>(value);
    if (!fd || *fd < 3)
        return bad_argument(value, "a descriptor above 2 is expected");
    options.copy.host_fd = *fd;
    return {};
}

Result<void> take_pid(Options& options, const std::string& value) {
    const auto colon = value.find(':');
    const auto pid = number_of<pid_t>(std::string_view(value).substr(0, colon));
    const auto start =
        colon == std::string::npos ? std::nullopt : number_of<std::uint64_t>(std::string_view(value).substr(colon + 1));
    if (!pid || *pid < 1 || !start)
        return bad_argument(value, "a process id and the start time of that process are expected, joined by a colon");
    options.copy.process = ProcessIdentity{*pid, *start};
    return {};
}

Result<void> take_preserved_fds(Options& options, const std::string& value) {
    constexpr unsigned most = 1024;
    const auto count = number_of<unsigned>(value);
    if (!count || *count > most)
        return bad_argument(value, "a number of descriptors is expected, at most " + std::to_string(most));
    options.preserved_fds = *count;
    return {};
}

Result<void> take_interval(Options& options, const std::string& value) {
    std::string_view digits = value;
    if (digits.ends_with("s"))
        digits.remove_suffix(1);
    const auto seconds = number_of<unsigned>(digits);
    if (!seconds || *seconds == 0)
        return bad_argument(value, "an interval is a number of seconds above 0");
    options.interval = *seconds;
    return {};
}

Result<void> take_log_format(Options& options, const std::string& value) {
    if (value != "text" && value != "json")
        return bad_argument(value, "a log format is text or json");
    options.log_json = value == "json";
    return {};
}

Result<void> take_format(Options& options, const std::string& value) {
    if (value != "table" && value != "json")
        return bad_argument(value, "a format is table or json");
    options.json = value == "json";
    return {};
}

Result<void> take_probe(Options& options, const std::string& value) {
    ISOLAB_ASSIGN(options.probe, parse_probe(value));
    return {};
}

Result<void> take_group_mode(Options& options, const std::string& value) {
    if (!criu_group_mode(value))
        return bad_argument(value, "a mode of control groups is soft, full, strict or ignore");
    options.checkpoint.group_mode = value;
    return {};
}

Result<void> take_empty_namespace(Options& options, const std::string& value) {
    if (value != "network")
        return bad_argument(value, "only the network namespace can be left empty");
    options.checkpoint.empty_network = true;
    return {};
}

/// A text that is taken as it is.
template <auto member> Result<void> take_value(Options& options, const std::string& value) {
    options.*member = value;
    return {};
}
template <auto member> Result<void> take_exec(Options& options, const std::string& value) {
    options.exec.*member = value;
    return {};
}
template <auto member> Result<void> take_checkpoint(Options& options, const std::string& value) {
    options.checkpoint.*member = value;
    return {};
}
template <auto member> bool& flag(Options& options) { return options.*member; }
template <auto member> bool& copy_flag(Options& options) { return options.copy.*member; }
template <auto member> bool& exec_flag(Options& options) { return options.exec.*member; }
template <auto member> bool& checkpoint_flag(Options& options) { return options.checkpoint.*member; }

constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

constexpr std::array verb_names{
    VerbName{"run", Verb::run, 1, 1},
    VerbName{"create", Verb::create, 1, 1},
    VerbName{"start", Verb::start, 1, 1},
    VerbName{"state", Verb::state, 1, 1},
    VerbName{"kill", Verb::kill, 1, 2},
    VerbName{"delete", Verb::remove, 1, 1},
    VerbName{"list", Verb::list, 0, 0},
    VerbName{"exec", Verb::exec, 1, any_number, true},
    VerbName{"ps", Verb::ps, 1, any_number, true},
    VerbName{"pause", Verb::pause, 1, 1},
    VerbName{"resume", Verb::resume, 1, 1},
    VerbName{"update", Verb::update, 1, 1},
    VerbName{"events", Verb::events, 1, 1},
    VerbName{"spec", Verb::spec, 0, 0},
    VerbName{"features", Verb::features, 0, 0},
    VerbName{"supervise", Verb::supervise, 1, 1},
    VerbName{"checkpoint", Verb::checkpoint, 1, 1},
    VerbName{"restore", Verb::restore, 1, 1},
    VerbName{"adopt", Verb::adopt, 1, 1},
    VerbName{"copy", Verb::copy, 4, 4, true},
};

constexpr unsigned launching = bit(Verb::run) | bit(Verb::create);
constexpr unsigned starting = launching | bit(Verb::exec);
constexpr unsigned exec_only = bit(Verb::exec);
constexpr unsigned criu_verbs = bit(Verb::checkpoint) | bit(Verb::restore);

constexpr std::array value_options{
    ValueOption{"--root", "", any_verb, take_value<&Options::root>},
    ValueOption{"--log", "", any_verb, take_value<&Options::log>},
    ValueOption{"--log-format", "", any_verb, take_log_format},
    ValueOption{"--bundle", "-b",
                launching | bit(Verb::restore) | bit(Verb::spec) | bit(Verb::supervise) | bit(Verb::adopt) |
                    bit(Verb::copy),
                take_value<&Options::bundle>},
    ValueOption{"--pid", "", bit(Verb::copy), take_pid},
    ValueOption{"--host-fd", "", bit(Verb::copy), take_host_fd},
    ValueOption{"--pid-file", "", starting | bit(Verb::restore), take_value<&Options::pid_file>},
    ValueOption{"--console-socket", "", starting | bit(Verb::restore), take_value<&Options::console_socket>},
    ValueOption{"--preserve-fds", "", starting | bit(Verb::supervise), take_preserved_fds},
    ValueOption{"--probe", "", bit(Verb::run), take_probe},
    ValueOption{"--with", "", bit(Verb::run), take_value<&Options::with>},
    ValueOption{"--event-fd", "", bit(Verb::run) | bit(Verb::supervise), take_event_socket},
    ValueOption{"--process", "-p", exec_only, take_exec<&ExecOptions::process>},
    ValueOption{"--cwd", "", exec_only, take_exec<&ExecOptions::cwd>},
    ValueOption{"--env", "-e", exec_only, take_variable},
    ValueOption{"--user", "-u", exec_only, take_user},
    ValueOption{"--additional-gids", "-g", exec_only, take_group},
    ValueOption{"--cap", "-c", exec_only,
                [](Options& options, const std::string& value) -> Result<void> {
                    options.exec.capabilities.push_back(value);
                    return {};
                }},
    ValueOption{"--apparmor", "", exec_only, take_exec<&ExecOptions::apparmor_profile>},
    ValueOption{"--process-label", "", exec_only, take_exec<&ExecOptions::selinux_label>},
    ValueOption{"--image-path", "", criu_verbs, take_checkpoint<&CheckpointOptions::images>},
    ValueOption{"--work-path", "", criu_verbs, take_checkpoint<&CheckpointOptions::work>},
    ValueOption{"--parent-path", "", criu_verbs, take_checkpoint<&CheckpointOptions::parent>},
    ValueOption{"--criu", "", criu_verbs, take_checkpoint<&CheckpointOptions::criu>},
    ValueOption{"--manage-cgroups-mode", "", criu_verbs, take_group_mode},
    ValueOption{"--empty-ns", "", criu_verbs, take_empty_namespace},
    ValueOption{"--resources", "-r", bit(Verb::update), take_value<&Options::resources>},
    ValueOption{"--interval", "", bit(Verb::events), take_interval},
    ValueOption{"--format", "-f", bit(Verb::list) | bit(Verb::ps), take_format},
};

constexpr std::array flag_options{
    FlagOption{"--help", "-h", any_verb, flag<&Options::help>},
    FlagOption{"--version", "-v", any_verb, flag<&Options::version>},
    FlagOption{"--debug", "", any_verb, flag<&Options::debug>},
    FlagOption{"--detach", "-d", bit(Verb::run) | bit(Verb::restore) | exec_only, flag<&Options::detach>},
    FlagOption{"--keep", "", bit(Verb::run), flag<&Options::keep>},
    FlagOption{"--no-new-keyring", "", launching, flag<&Options::no_new_keyring>},
    FlagOption{"--init", "", launching, flag<&Options::init>},
    FlagOption{"--archive", "-a", bit(Verb::copy), copy_flag<&CopyOptions::archive>},
    FlagOption{"--follow-link", "-L", bit(Verb::copy), copy_flag<&CopyOptions::follow_link>},
    FlagOption{"--tty", "-t", exec_only, exec_flag<&ExecOptions::terminal>},
    FlagOption{"--no-new-privs", "", exec_only, exec_flag<&ExecOptions::no_new_privileges>},
    FlagOption{"--ignore-paused", "", exec_only, exec_flag<&ExecOptions::ignore_paused>},
    FlagOption{"--leave-running", "", bit(Verb::checkpoint), checkpoint_flag<&CheckpointOptions::leave_running>},
    FlagOption{"--pre-dump", "", bit(Verb::checkpoint), checkpoint_flag<&CheckpointOptions::pre_dump>},
    FlagOption{"--tcp-established", "", criu_verbs, checkpoint_flag<&CheckpointOptions::tcp_established>},
    FlagOption{"--ext-unix-sk", "", criu_verbs, checkpoint_flag<&CheckpointOptions::external_unix_sockets>},
    FlagOption{"--shell-job", "", criu_verbs, checkpoint_flag<&CheckpointOptions::shell_job>},
    FlagOption{"--file-locks", "", criu_verbs, checkpoint_flag<&CheckpointOptions::file_locks>},
    FlagOption{"--no-subreaper", "", bit(Verb::restore), checkpoint_flag<&CheckpointOptions::no_subreaper>},
    FlagOption{"--all", "-a", bit(Verb::kill), flag<&Options::all>},
    FlagOption{"--force", "-f", bit(Verb::remove), flag<&Options::force>},
    FlagOption{"--quiet", "-q", bit(Verb::list), flag<&Options::quiet>},
    FlagOption{"--stats", "", bit(Verb::events), flag<&Options::stats>},
    FlagOption{"--rootless", "", bit(Verb::spec), flag<&Options::rootless>},
};

template <class List> auto* find_option(const List& list, std::string_view name) {
    const auto found = std::ranges::find_if(
        list, [name](const auto& one) { return one.name == name || (!one.letter.empty() && one.letter == name); });
    return found == list.end() ? nullptr : &*found;
}

} // namespace

const VerbName* find_verb(std::string_view name) {
    const auto* found = std::ranges::find(verb_names, name, &VerbName::name);
    return found == verb_names.end() ? nullptr : found;
}

const ValueOption* find_value_option(std::string_view name) {
    const ValueOption* found = find_option(value_options, name);
    return found != nullptr ? found : find_limit_option(name);
}

const FlagOption* find_flag_option(std::string_view name) { return find_option(flag_options, name); }

std::string verb_list() {
    std::string text;
    for (const VerbName& verb : verb_names)
        text += (text.empty() ? "" : &verb == &verb_names.back() ? " or " : ", ") + std::string(verb.name);
    return text;
}

tl::unexpected<Error> bad_argument(const std::string& argument, const std::string& cause) {
    return fail(ErrorKind::invalid_argument, "use argument", argument, cause, "See isolab-runtime --help");
}

} // namespace isolab::launcher
