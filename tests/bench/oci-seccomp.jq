# SPDX-License-Identifier: GPL-3.0-or-later
#
# Docker's seccomp profile -> linux.seccomp of the OCI runtime specification, for amd64 and the capabilities $caps
# (an array): conditions are decided here, what is left are plain rules.
#
# Rules that refuse a call for some arguments, where the default refuses it anyway, only choose another error number.
# They are left out: beside rules that allow the call, libseccomp calls some of them doubles, and runc and crun stop there.
def applies:
  ((.includes.caps // []) - $caps == [])
  and ((.excludes.caps // []) | all(. as $cap | $caps | index($cap) | not))
  and ((.includes.arches // ["amd64"]) | index("amd64"))
  and ((.excludes.arches // []) | index("amd64") | not);

def only_chooses_error($default): .action == "SCMP_ACT_ERRNO" and $default == .action and (.args // []) != [];

.defaultAction as $default
| { defaultAction,
    defaultErrnoRet: (.defaultErrnoRet // 1),
    architectures: [.archMap[] | select(.architecture == "SCMP_ARCH_X86_64") | .architecture, .subArchitectures[]],
    syscalls: [ .syscalls[] | select(applies and (only_chooses_error($default) | not))
                | { names: (.names // [.name]), action }
                  + (if .errnoRet then {errnoRet} else {} end)
                  + (if (.args // []) != [] then {args: [.args[] | del(.comment)]} else {} end) ] }
