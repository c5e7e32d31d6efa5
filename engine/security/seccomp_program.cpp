// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/security/seccomp_program.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"

namespace isolab {
namespace {

struct ReleaseFilter {
    void operator()(void* context) const noexcept { ::seccomp_release(context); }
};
using FilterContext = std::unique_ptr<void, ReleaseFilter>;

struct Operator {
    std::string_view name;
    scmp_compare value;
};
constexpr std::array operators{
    Operator{"SCMP_CMP_NE", SCMP_CMP_NE},
    Operator{"SCMP_CMP_LT", SCMP_CMP_LT},
    Operator{"SCMP_CMP_LE", SCMP_CMP_LE},
    Operator{"SCMP_CMP_EQ", SCMP_CMP_EQ},
    Operator{"SCMP_CMP_GE", SCMP_CMP_GE},
    Operator{"SCMP_CMP_GT", SCMP_CMP_GT},
    Operator{"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ},
};

struct Flag {
    std::string_view name;
    unsigned value;
};
constexpr std::array flags{
    Flag{"SECCOMP_FILTER_FLAG_TSYNC", 0}, // the launcher has one thread
    Flag{"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
    Flag{"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
    Flag{"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
};

std::optional<std::uint32_t> action_value(const std::string& name, unsigned errno_value) {
    if (name == "SCMP_ACT_ERRNO")
        return SCMP_ACT_ERRNO(errno_value);
    if (name == "SCMP_ACT_TRACE")
        return SCMP_ACT_TRACE(errno_value);
    if (name == "SCMP_ACT_ALLOW")
        return SCMP_ACT_ALLOW;
    if (name == "SCMP_ACT_LOG")
        return SCMP_ACT_LOG;
    if (name == "SCMP_ACT_TRAP")
        return SCMP_ACT_TRAP;
    if (name == "SCMP_ACT_KILL" || name == "SCMP_ACT_KILL_THREAD")
        return SCMP_ACT_KILL_THREAD;
    if (name == "SCMP_ACT_KILL_PROCESS")
        return SCMP_ACT_KILL_PROCESS;
    if (name == seccomp_notify)
        return SCMP_ACT_NOTIFY;
    return std::nullopt;
}

tl::unexpected<Error> unknown(const std::string& what, const std::string& name) {
    return fail(ErrorKind::unsupported, "compile seccomp filter with " + what, name, "it is not known");
}

Result<std::vector<scmp_arg_cmp>> comparisons(const SeccompRule& rule) {
    std::vector<scmp_arg_cmp> result;
    for (const SeccompArgument& argument : rule.args) {
        const auto* found = std::ranges::find(operators, argument.op, &Operator::name);
        if (found == operators.end())
            return unknown("operator", argument.op);
        result.push_back({argument.index, found->value, argument.value, argument.value_two});
    }
    return result;
}

/// libseccomp takes one comparison per argument. Profiles with several of one argument ("personality is 0, 8 or
/// 0xffffffff") are read as Docker, runc and crun read them: then each comparison of the rule alone is enough.
std::vector<std::vector<scmp_arg_cmp>> alternatives(const std::vector<scmp_arg_cmp>& all) {
    const auto is_repeated = [&all](const scmp_arg_cmp& one) {
        return std::ranges::count(all, one.arg, &scmp_arg_cmp::arg) > 1;
    };
    if (std::ranges::none_of(all, is_repeated))
        return {all};
    std::vector<std::vector<scmp_arg_cmp>> each;
    for (const scmp_arg_cmp& one : all)
        each.push_back({one});
    return each;
}

Result<void> add_rule(scmp_filter_ctx context, const SeccompRule& rule, std::uint32_t default_action) {
    const auto action = action_value(rule.action, rule.errno_value.value_or(EPERM));
    if (!action)
        return unknown("action", rule.action);
    if (*action == default_action)
        return {};
    ISOLAB_ASSIGN(const auto arguments, comparisons(rule));
    const auto conditions = alternatives(arguments);
    for (const std::string& name : rule.names) {
        const int number = ::seccomp_syscall_resolve_name(name.c_str());
        if (number == __NR_SCMP_ERROR)
            continue;
        for (const auto& condition : conditions) {
            const int error = ::seccomp_rule_add_array(context, *action, number,
                                                       static_cast<unsigned>(condition.size()), condition.data());
            if (error != 0 && error != -EEXIST)
                return fail_errno(-error, "add seccomp rule for", name);
        }
    }
    return {};
}

void add_architectures(scmp_filter_ctx context, const SeccompFilter& filter, std::vector<std::string>& warnings) {
    for (const std::string& architecture : filter.architectures) {
        std::string name = architecture.starts_with("SCMP_ARCH_") ? architecture.substr(10) : architecture;
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        const std::uint32_t token = ::seccomp_arch_resolve_name(name.c_str());
        const int error = token == 0 ? -EINVAL : ::seccomp_arch_add(context, token);
        if (error != 0 && error != -EEXIST)
            warnings.push_back("seccomp: architecture " + architecture + " is not known and stays forbidden");
    }
}

/// libseccomp writes programs to descriptors only: a memory file takes it.
Result<std::vector<sock_filter>> export_program(scmp_filter_ctx context) {
    const UniqueFd memory(::memfd_create("seccomp", MFD_CLOEXEC));
    if (!memory)
        return fail_errno(errno, "create memory file");
    if (const int error = ::seccomp_export_bpf(context, memory.get()); error != 0)
        return fail_errno(-error, "generate seccomp program");
    const off_t size = ::lseek(memory.get(), 0, SEEK_END);
    std::vector<sock_filter> instructions(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (size <= 0 || ::pread(memory.get(), instructions.data(), static_cast<std::size_t>(size), 0) != size)
        return fail_errno(EIO, "read generated seccomp program");
    return instructions;
}

} // namespace

Result<SeccompProgram> compile_seccomp(const SeccompFilter& filter) {
    const auto default_action = action_value(filter.default_action, filter.default_errno.value_or(EPERM));
    if (!default_action)
        return unknown("action", filter.default_action);
    const FilterContext context(::seccomp_init(*default_action));
    if (!context)
        return fail(ErrorKind::unsupported, "compile seccomp filter", {}, "libseccomp refused the default action");
    SeccompProgram program;
    add_architectures(context.get(), filter, program.warnings);
    ::seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
    for (const SeccompRule& rule : filter.rules)
        ISOLAB_TRY(add_rule(context.get(), rule, *default_action));
    for (const std::string& name : filter.flags) {
        const auto* found = std::ranges::find(flags, name, &Flag::name);
        if (found == flags.end())
            return unknown("flag", name);
        program.flags |= found->value;
    }
    if (filter.notifies())
        program.flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
    else
        program.flags &= ~unsigned{SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV}; // is about notifications
    ISOLAB_ASSIGN(program.instructions, export_program(context.get()));
    return program;
}

std::vector<std::string> seccomp_flag_names() {
    std::vector<std::string> names;
    for (const Flag& flag : flags)
        names.emplace_back(flag.name);
    return names;
}

std::vector<std::string> seccomp_architectures() {
    return {"SCMP_ARCH_AARCH64",   "SCMP_ARCH_ARM",      "SCMP_ARCH_MIPS",     "SCMP_ARCH_MIPS64",
            "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPSEL",   "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32",
            "SCMP_ARCH_PARISC",    "SCMP_ARCH_PARISC64", "SCMP_ARCH_PPC",      "SCMP_ARCH_PPC64",
            "SCMP_ARCH_PPC64LE",   "SCMP_ARCH_RISCV64",  "SCMP_ARCH_S390",     "SCMP_ARCH_S390X",
            "SCMP_ARCH_X32",       "SCMP_ARCH_X86",      "SCMP_ARCH_X86_64"};
}

Result<int> load_seccomp(const SeccompProgram& program) {
    const sock_fprog loaded{static_cast<unsigned short>(program.instructions.size()),
                            const_cast<sock_filter*>(program.instructions.data())}; // NOLINT: the kernel only reads
    const long result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, program.flags, &loaded);
    if (result < 0 && errno == EACCES)
        return fail(ErrorKind::permission_denied, "load seccomp filter", {},
                    "the process has neither CAP_SYS_ADMIN nor no_new_privs",
                    "Set noNewPrivileges, or take the seccomp profile out");
    if (result < 0)
        return fail_errno(errno, "load seccomp filter");
    return static_cast<int>(result);
}

} // namespace isolab
