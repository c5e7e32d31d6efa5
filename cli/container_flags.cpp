// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/container_options.h"

namespace isolab {
namespace {

void add_process_options(CommandParser verb, ContainerOptions& options) {
    verb.add_flag("-i,--interactive", options.interactive, "Keep the workload's standard input open");
    verb.add_flag("-t,--tty", options.terminal, "Give the workload a terminal");
    verb.add_option("-e,--env", options.env, "A variable; without a value the one that it has here")
        .type_name("NAME[=VALUE]")
        .allow_extra_args(false);
    verb.add_option("--env-file", options.env_files, "A file of variables").type_name("FILE").allow_extra_args(false);
    verb.add_option("-w,--workdir", options.cwd, "Working directory").type_name("DIR");
    verb.add_option("-u,--user", options.user, "User, and group").type_name("NAME[:GROUP]");
    verb.add_option("--group-add", options.group_add, "A further group, by the name it has in the image or by number")
        .type_name("GID")
        .allow_extra_args(false);
    verb.add_option("--entrypoint", options.entrypoint, "Replaces the image's").type_name("COMMAND");
    verb.add_flag("--init", options.init, "A process of ours is the first one, and reaps");
    verb.add_option("--ulimit", options.ulimits, "A resource limit")
        .type_name("NAME=SOFT[:HARD]")
        .allow_extra_args(false);
    verb.add_option("--oom-score-adj", options.oom_score, "-1000 to 1000").type_name("N");
}

void add_identity_options(CommandParser verb, ContainerOptions& options) {
    verb.add_option("--name", options.name, "Its name; default: two words").type_name("NAME");
    verb.add_option("-h,--hostname", options.hostname, "Host name; default: the id's beginning").type_name("NAME");
    verb.add_option("-l,--label", options.labels, "A label").type_name("KEY[=VALUE]").allow_extra_args(false);
    verb.add_option("--label-file", options.label_files, "A file of labels").type_name("FILE").allow_extra_args(false);
    verb.add_option("--annotation", options.annotations, "An annotation of its runtime configuration")
        .type_name("KEY=VALUE")
        .allow_extra_args(false);
    verb.add_option("--domainname", options.domain_name, "Domain name of NIS").type_name("NAME");
    verb.add_option("--cidfile", options.id_file, "Write the id here").type_name("FILE");
    verb.add_flag("--rm", options.remove, "Remove the container when it ends");
}

void add_place_options(CommandParser verb, ContainerOptions& options) {
    verb.add_option("-v,--volume", options.volumes, "Show a folder of this machine, or a volume")
        .type_name("[SOURCE:]TARGET[:ro]")
        .allow_extra_args(false);
    verb.add_option("--mount", options.mounts, "The same, as type=…,source=…,target=…,readonly")
        .type_name("SPEC")
        .allow_extra_args(false);
    verb.add_option("--tmpfs", options.tmpfs, "A file system in memory")
        .type_name("TARGET[:OPTIONS]")
        .allow_extra_args(false);
    verb.add_option("--volumes-from", options.volumes_from, "All folders and volumes of another container")
        .type_name("CONTAINER[:ro]")
        .allow_extra_args(false);
    verb.add_flag("--read-only", options.read_only, "The root file system cannot be written to");
    verb.add_option("--shm-size", options.shm_size, "Size of /dev/shm; default 64M").type_name("SIZE");
    verb.add_option("--device", options.devices, "Let it use a device of this machine")
        .type_name("PATH[:PATH[:rwm]]")
        .allow_extra_args(false);
    verb.add_option("--device-cgroup-rule", options.device_rules, "Devices by number: c 10:200 rwm")
        .type_name("RULE")
        .allow_extra_args(false);
}

void add_network_options(CommandParser verb, ContainerOptions& options) {
    verb.add_option("--network,--net", options.network, "bridge, none, host, container:NAME, or a network's name")
        .type_name("NETWORK")
        .capture_default_str();
    verb.add_option("-p,--publish", options.ports, "Publish a port")
        .type_name("[[ADDRESS:]PORT:]PORT[/udp]")
        .allow_extra_args(false);
    verb.add_flag("-P,--publish-all", options.publish_all, "Publish every port that the image or --expose names");
    verb.add_option("--expose", options.exposed, "A port for --publish-all")
        .type_name("PORT[/udp]")
        .allow_extra_args(false);
    verb.add_option("--add-host", options.hosts, "A line for /etc/hosts")
        .type_name("NAME:ADDRESS")
        .allow_extra_args(false);
    verb.add_option("--ip", options.ip, "Its IPv4 address in the network; default: a free one").type_name("ADDRESS");
    verb.add_option("--network-alias", options.network_aliases, "A further name for containers of its network")
        .type_name("NAME")
        .allow_extra_args(false);
    verb.add_option("--dns", options.dns, "A name server to ask; default: this machine's")
        .type_name("ADDRESS")
        .allow_extra_args(false);
    verb.add_option("--dns-search", options.dns_search, "A domain for names without one; . for none")
        .type_name("DOMAIN")
        .allow_extra_args(false);
    verb.add_option("--dns-option,--dns-opt", options.dns_options, "An option of resolv.conf")
        .type_name("OPTION")
        .allow_extra_args(false);
    verb.add_option("--pid", options.pid, "Processes: host, or container:NAME").type_name("MODE");
    verb.add_option("--ipc", options.ipc, "Shared memory: host, or container:NAME").type_name("MODE");
    verb.add_option("--cgroupns", options.cgroup, "Control groups: private, or host").type_name("MODE");
    verb.add_option("--uts", options.uts, "Host name: host, or container:NAME").type_name("MODE");
}

void add_security_options(CommandParser verb, ContainerOptions& options) {
    verb.add_flag("--privileged", options.privileged, "All capabilities and devices, and nothing hidden");
    verb.add_option("--cap-add", options.cap_add, "Grant a capability, or ALL")
        .type_name("NAME")
        .allow_extra_args(false);
    verb.add_option("--cap-drop", options.cap_drop, "Take one away, or ALL").type_name("NAME").allow_extra_args(false);
    verb.add_option("--security-opt", options.security, "no-new-privileges=false, seccomp=FILE, seccomp=unconfined, …")
        .type_name("OPTION")
        .allow_extra_args(false);
    verb.add_option("--sysctl", options.sysctls, "A kernel parameter of its namespaces")
        .type_name("NAME=VALUE")
        .allow_extra_args(false);
}

void add_care_options(CommandParser verb, ContainerOptions& options) {
    verb.add_option("--restart", options.restart, "no, on-failure[:N], always, unless-stopped")
        .type_name("POLICY")
        .capture_default_str();
    verb.add_option("--stop-signal", options.stop_signal, "Default: the image's, or SIGTERM").type_name("SIGNAL");
    verb.add_option("--stop-timeout", options.stop_timeout, "Seconds until SIGKILL; default 10").type_name("SECONDS");
    verb.add_option("--health-cmd", options.health_command, "Shell command that tells whether the workload is well")
        .type_name("COMMAND");
    verb.add_option("--health-interval", options.health_interval, "Between two; default 30s").type_name("DURATION");
    verb.add_option("--health-timeout", options.health_timeout, "For one; default 30s").type_name("DURATION");
    verb.add_option("--health-start-period", options.health_start_period, "Failures in it do not count")
        .type_name("DURATION");
    verb.add_option("--health-start-interval", options.health_start_interval, "Between two in that time; default 5s")
        .type_name("DURATION");
    verb.add_option("--health-retries", options.health_retries, "Failures that make it unhealthy; default 3")
        .type_name("N");
    verb.add_flag("--no-healthcheck", options.no_health_check, "None");
    verb.add_option("--log-driver", options.log_driver, "json-file, or none").type_name("NAME").capture_default_str();
    verb.add_option("--log-opt", options.log_options, "max-size=10M, max-file=3")
        .type_name("KEY=VALUE")
        .allow_extra_args(false);
}

} // namespace

void add_limit_options(CommandParser verb, ContainerOptions& options) {
    verb.add_option("-m,--memory", options.memory, "Memory limit").type_name("SIZE");
    verb.add_option("--memory-swap", options.memory_swap, "Memory and swap together; -1: any").type_name("SIZE");
    verb.add_option("--memory-reservation", options.memory_reservation, "Kept for it when memory is short")
        .type_name("SIZE");
    verb.add_option("--memory-swappiness", options.memory_swappiness, "0 to 100; cgroup v1 only").type_name("N");
    verb.add_flag("--oom-kill-disable", options.no_oom_killer, "Wait when memory runs out; cgroup v1 only");
    verb.add_option("--cpu-quota", options.cpu_quota, "Microseconds of CPU time per period").type_name("N");
    verb.add_option("--cpu-period", options.cpu_period, "Microseconds; default 100000").type_name("N");
    verb.add_option("--blkio-weight", options.block_weight, "Weight for disks, 10 to 1000").type_name("N");
    for (const auto& [name, texts, help] :
         {std::tuple("--device-read-bps", &options.read_bytes, "Bytes per second from a disk"),
          std::tuple("--device-write-bps", &options.write_bytes, "Bytes per second to a disk"),
          std::tuple("--device-read-iops", &options.read_operations, "Operations per second from a disk"),
          std::tuple("--device-write-iops", &options.write_operations, "Operations per second to a disk")})
        verb.add_option(name, *texts, help).type_name("PATH:RATE").allow_extra_args(false);
    verb.add_option("--cpus", options.cpus, "CPU time, in CPUs").type_name("N");
    verb.add_option("-c,--cpu-shares", options.cpu_shares, "Weight, 2 to 262144; usual 1024").type_name("N");
    verb.add_option("--cpuset-cpus", options.cpuset_cpus, "CPUs that it may use").type_name("0-3,7");
    verb.add_option("--cpuset-mems", options.cpuset_mems, "Memory nodes that it may use").type_name("0-1");
    verb.add_option("--pids-limit", options.pids_limit, "Processes and threads; -1: any number").type_name("N");
}

void add_foreground_options(CommandParser verb, ForegroundOptions& options) {
    verb.add_option("--detach-keys", options.detach_keys, "What is typed to leave it alone")
        .type_name("KEY[,KEY…]")
        .capture_default_str();
    verb.add_flag("--sig-proxy,!--no-sig-proxy", options.pass_signals, "Pass signals on to it; default");
}

void add_container_options(CommandParser verb, ContainerOptions& options, bool runs) {
    if (runs) {
        verb.add_flag("-d,--detach", options.detach, "Do not stay with it; print its id");
        add_foreground_options(verb, options.foreground);
    }
    add_process_options(verb, options);
    add_identity_options(verb, options);
    add_place_options(verb, options);
    add_network_options(verb, options);
    add_security_options(verb, options);
    add_limit_options(verb, options);
    verb.add_flag("--strict", options.strict, "Fail where a limit cannot be set, instead of running without it");
    add_care_options(verb, options);
}

} // namespace isolab
