// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "engine/base/error.h"
#include "engine/base/instance.h"
#include "engine/base/process_identity.h"

namespace isolab::launcher {

/// What the program is asked to do.
enum class Verb {
    run,    ///< start a container and wait for its end
    create, ///< set a container up; its workload waits
    start,  ///< let the workload of a created one go
    state,  ///< print the state document
    kill,   ///< send a signal
    remove, ///< "delete"
    list,
    exec,   ///< add a process to a container
    ps,     ///< show a container's processes
    pause,  ///< freeze all of them
    resume, ///< thaw them
    update, ///< change limits
    events, ///< print what a container uses and what happens to it
    spec,   ///< write a specification to begin with
    features,
    checkpoint, ///< save a container in files
    restore,    ///< make it again from them
    supervise,  ///< start a container and stay with it, whoever called
    adopt,      ///< give files of an ended container to the caller
    copy,       ///< files between the host and a container
};

/// What `copy` takes.
struct CopyOptions {
    std::optional<ProcessIdentity> process; ///< of the running container; empty: the stopped one of the bundle
    int host_fd = -1;                       ///< directory where paths of the host begin; -1: the current one
    bool archive = false;                   ///< keep owners, set-id bits and attributes
    bool follow_link = false;               ///< copy what a source that is a symbolic link leads to
};

/// What `exec` takes when there is no --process: changes of the container's own process.
struct ExecOptions {
    std::optional<std::filesystem::path> process; ///< a file with `process` of config.json
    std::optional<std::string> cwd;
    std::vector<std::string> env; ///< "NAME=value"
    std::optional<std::uint32_t> uid;
    std::optional<std::uint32_t> gid;
    std::vector<std::uint32_t> additional_gids;
    std::vector<std::string> capabilities; ///< in addition
    std::string apparmor_profile;
    std::string selinux_label;
    bool terminal = false;
    bool no_new_privileges = false;
    bool ignore_paused = false;
};

/// What `checkpoint` and `restore` take.
struct CheckpointOptions {
    std::filesystem::path images = "checkpoint";
    std::optional<std::filesystem::path> work;   ///< for logs; empty: beside the images
    std::optional<std::filesystem::path> parent; ///< images of a pre-dump, relative to the images
    std::string criu;                            ///< the program; empty: that of PATH
    std::string group_mode = "soft";             ///< a name of criu_group_mode()
    bool leave_running = false;
    bool pre_dump = false;
    bool tcp_established = false;
    bool external_unix_sockets = false;
    bool shell_job = false;
    bool file_locks = false;
    bool empty_network = false; ///< the network's devices and addresses are the caller's business
    bool no_subreaper = false;  ///< accepted because callers give it; this program never is one
};

/// The command line.
struct Options {
    Verb verb = Verb::run;
    std::string id;                 ///< [A-Za-z0-9_+-][A-Za-z0-9_+.-]*, at most 128 characters; empty for list
    std::vector<std::string> words; ///< after the id: exec's command, options for ps
    std::filesystem::path bundle;   ///< absolute; holds config.json
    std::filesystem::path root;     ///< data folder, for caches and states; empty: none
    std::optional<std::filesystem::path> log; ///< errors and warnings are added to it
    bool log_json = false;
    std::optional<std::filesystem::path> pid_file;
    std::optional<std::filesystem::path> console_socket;
    unsigned preserved_fds = 0; ///< descriptors from 3 on that are passed on
    int event_fd = -1;          ///< socket of launch_protocol.h; -1: a plain command line
    std::optional<PortProbe> probe;
    std::optional<std::filesystem::path> with; ///< run: by this OCI runtime, which this program watches
    ExecOptions exec;
    CopyOptions copy;
    CheckpointOptions checkpoint;
    std::optional<std::filesystem::path> resources; ///< update: a file with `linux.resources`; "-": standard input
    std::vector<std::pair<std::string, std::string>> limits; ///< update: an option's name and value
    unsigned interval = 5;                                   ///< events: seconds
    int signal = 15;                                         ///< of kill
    bool detach = false;                                     ///< run, exec: do not wait for the end
    bool keep = false;                                       ///< run: leave the state of the ended container
    bool no_new_keyring = false;
    bool init = false;     ///< run, create: a process of ours is the container's first, and reaps
    bool all = false;      ///< kill: every process of the container
    bool force = false;    ///< delete: end it first; success when it is gone already
    bool json = false;     ///< list, ps: as JSON
    bool quiet = false;    ///< list: ids only
    bool stats = false;    ///< events: once
    bool rootless = false; ///< spec: for an ordinary user
    bool debug = false;    ///< accepted because callers give it; there is nothing more to tell
    bool help = false;
    bool version = false;
};

/// Reads the arguments after the program's name; invalid_argument names the one that is wrong.
Result<Options> parse_options(const std::vector<std::string>& arguments);

/// What --help prints.
std::string usage();

} // namespace isolab::launcher
