// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/command/options.h"

namespace isolab::launcher {

std::string usage() {
    return R"(Usage: isolab-runtime run [--bundle DIR] [--detach] [--keep] [OPTIONS] ID
       isolab-runtime create [--bundle DIR] [OPTIONS] ID
       isolab-runtime start ID
       isolab-runtime state ID
       isolab-runtime kill [--all] ID [SIGNAL]
       isolab-runtime delete [--force] ID
       isolab-runtime list [--format table|json] [--quiet]
       isolab-runtime exec [--process FILE] [--detach] [OPTIONS] ID [COMMAND [ARGUMENT...]]
       isolab-runtime ps [--format table|json] ID [PS-OPTION...]
       isolab-runtime pause ID
       isolab-runtime resume ID
       isolab-runtime update [--resources FILE] [LIMITS] ID
       isolab-runtime events [--stats] [--interval SECONDS] ID
       isolab-runtime checkpoint [--image-path DIR] [--leave-running] [CRIU-OPTIONS] ID
       isolab-runtime restore [--image-path DIR] [--bundle DIR] [--detach] [CRIU-OPTIONS] ID
       isolab-runtime spec [--bundle DIR] [--rootless]
       isolab-runtime features
       isolab-runtime adopt [--bundle DIR] ID
       isolab-runtime copy [--pid PID:START | --bundle DIR] [--host-fd N] [--archive] [--follow-link] ID in|out SOURCE DEST
Options of all: [--root DIR] [--log FILE] [--log-format text|json]

run starts the container that DIR/config.json (OCI runtime specification 1.x) describes and waits for its end; create
and start do it in two steps and wait for nothing. A mount of type overlay on / is the root file system; otherwise
root.path is. exec adds a process: the one of FILE, or COMMAND as the container's own process with the changes given.
checkpoint saves a running container in files by means of CRIU and stops it; restore makes it again from them, and takes
the place of a stopped container of that id.
adopt gives what users of an ended container own in DIR/snapshot back to the caller. copy copies a file or tree into or
out of the running container of process PID, which started START clock ticks after boot (proc(5)), or the stopped one
of DIR.

  --bundle DIR           folder with config.json (default: the current one)
  --root DIR             folder for caches and states (default: /run/isolab, or $XDG_RUNTIME_DIR/isolab)
  --log FILE             add errors and warnings to FILE, as lines of --log-format (default: text)
  --pid-file FILE        write the id of the process that was started to FILE
  --console-socket PATH  send the terminal's master end to the socket PATH
  --preserve-fds N       pass N descriptors, from 3 on, to the process
  --detach               do not wait for the process's end
  --keep                 leave the state of the ended container for delete
  --no-new-keyring       keep the caller's session keyring
  --event-fd N           run: report to, and take requests from, the SOCK_SEQPACKET socket N
  --probe WHAT           run: report when a port answers inside the container (tcp:PORT or http:PORT/PATH)
  --with PROGRAM         run: by another OCI runtime, which is given the same configuration and watched
  --host-fd N            copy: paths of the host begin at the directory N (default: the current one)
  --archive              copy: keep owners, and on the way in set-id bits and all attributes
  --follow-link          copy: a SOURCE that is a symbolic link means what it leads to
  --all                  kill: signal every process of the container
  --force                delete: end the container first; one that does not exist is no error
  --quiet                list: print ids only

Of exec: --cwd DIR, --env NAME=VALUE, --user UID[:GID], --additional-gids GID, --cap NAME, --tty, --no-new-privs,
--apparmor PROFILE, --process-label LABEL, --ignore-paused.

CRIU-OPTIONS (see criu(8)): --work-path DIR (for logs; default: that of --image-path, which is by default checkpoint),
--parent-path DIR, --criu PROGRAM, --tcp-established, --ext-unix-sk, --shell-job, --file-locks, --empty-ns network,
--manage-cgroups-mode soft|full|strict|ignore; of checkpoint also --pre-dump, of restore --pid-file, --console-socket.

LIMITS of update: --memory, --memory-swap, --memory-reservation BYTES; --cpu-quota, --cpu-period, --cpu-burst,
--cpu-rt-runtime, --cpu-rt-period MICROSECONDS; --cpu-share N; --cpu-idle 0|1; --cpuset-cpus, --cpuset-mems LIST;
--pids-limit N; --blkio-weight N. FILE holds linux.resources of config.json; "-" is standard input.

SIGNAL is a name or a number (default: TERM). Exit code of run, restore and exec: the process's; 125 when it could not be
started, 126 when its command cannot be executed, 127 when its command does not exist. Of the others: 0, or 125 and a
message.
)";
}

} // namespace isolab::launcher
