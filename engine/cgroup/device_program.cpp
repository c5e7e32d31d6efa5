// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/device_program.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <ranges>

#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

static_assert(int{device_mknod} == int{BPF_DEVCG_ACC_MKNOD} && int{device_read} == int{BPF_DEVCG_ACC_READ} &&
              int{device_write} == int{BPF_DEVCG_ACC_WRITE});

enum Register : std::uint8_t {
    verdict = 0,
    context = 1,
    type = 2,
    asked = 3,
    major_number = 4,
    minor_number = 5,
    scratch = 6
};

class ProgramWriter {
  public:
    /// Unpacks struct bpf_cgroup_dev_ctx: access_type is the access in the upper and the type in the lower half.
    ProgramWriter() {
        load(type, offsetof(bpf_cgroup_dev_ctx, access_type));
        emit(BPF_ALU | BPF_MOV | BPF_X, asked, 0, type);
        emit(BPF_ALU | BPF_AND | BPF_K, type, 0xFFFF);
        emit(BPF_ALU | BPF_RSH | BPF_K, asked, 16);
        load(major_number, offsetof(bpf_cgroup_dev_ctx, major));
        load(minor_number, offsetof(bpf_cgroup_dev_ctx, minor));
    }

    /// Decides about the kinds of access that the rule names and no later rule has decided about.
    void add(const DeviceRule& rule) {
        std::vector<std::size_t> leave; // jumps to the next rule
        if (rule.type != 'a')
            leave.push_back(jump(BPF_JNE, type, rule.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR));
        if (rule.major)
            leave.push_back(jump(BPF_JNE, major_number, static_cast<std::int32_t>(*rule.major)));
        if (rule.minor)
            leave.push_back(jump(BPF_JNE, minor_number, static_cast<std::int32_t>(*rule.minor)));
        if (rule.access != device_all_access && rule.allow) {
            emit(BPF_ALU | BPF_AND | BPF_K, asked, device_all_access & ~rule.access);
            leave.push_back(jump(BPF_JNE, asked, 0));
        } else if (rule.access != device_all_access) {
            emit(BPF_ALU | BPF_MOV | BPF_X, scratch, 0, asked);
            emit(BPF_ALU | BPF_AND | BPF_K, scratch, rule.access);
            leave.push_back(jump(BPF_JEQ, scratch, 0));
        }
        answer(rule.allow);
        for (const std::size_t at : leave)
            program_[at].off = static_cast<std::int16_t>(program_.size() - at - 1);
    }

    void answer(bool allow) {
        emit(BPF_ALU64 | BPF_MOV | BPF_K, verdict, allow ? 1 : 0);
        emit(BPF_JMP | BPF_EXIT, 0, 0);
    }

    std::vector<bpf_insn> take() { return std::move(program_); }

  private:
    void emit(int code, int destination, std::int32_t value, int source = 0) {
        bpf_insn one{};
        one.code = static_cast<std::uint8_t>(code);
        one.dst_reg = static_cast<std::uint8_t>(destination & 0xF);
        one.src_reg = static_cast<std::uint8_t>(source & 0xF);
        one.imm = value;
        program_.push_back(one);
    }
    void load(int destination, std::size_t offset) {
        emit(BPF_LDX | BPF_MEM | BPF_W, destination, 0, context);
        program_.back().off = static_cast<std::int16_t>(offset);
    }
    std::size_t jump(int condition, int compared, std::int32_t value) {
        emit(BPF_JMP | condition | BPF_K, compared, value);
        return program_.size() - 1;
    }

    std::vector<bpf_insn> program_;
};

/// The kernel's numbers have 12 and 20 bits; larger ones match no device.
bool can_match(const DeviceRule& rule) {
    constexpr auto most = static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max());
    return rule.major.value_or(0) <= most && rule.minor.value_or(0) <= most;
}

int call_bpf(int command, bpf_attr& attributes) {
    return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

std::uint64_t address_of(const void* data) {
    return reinterpret_cast<std::uintptr_t>(data);
} // NOLINT: kernel interface

tl::unexpected<Error> bpf_failure(int error_number, const char* operation, const std::string& directory) {
    if (error_number == EINVAL || error_number == ENOSYS)
        return fail(ErrorKind::unsupported, operation, directory,
                    std::string("the kernel refuses device programs (") + std::strerror(error_number) + ")",
                    "Use a kernel with CONFIG_CGROUP_BPF");
    return fail_errno(error_number, operation, directory);
}

Result<UniqueFd> load_program(const std::vector<bpf_insn>& program, const std::string& directory) {
    bpf_attr attributes{};
    attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attributes.insns = address_of(program.data());
    attributes.insn_cnt = static_cast<std::uint32_t>(program.size());
    attributes.license = address_of("GPL");
    std::memcpy(attributes.prog_name, "isolab_devices", sizeof "isolab_devices");
    UniqueFd fd(call_bpf(BPF_PROG_LOAD, attributes));
    if (!fd)
        return bpf_failure(errno, "load device program for", directory);
    return fd;
}

Result<UniqueFd> open_group(const std::string& directory) {
    UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open control group", directory);
    return fd;
}

Result<void> load_and_attach(const std::vector<bpf_insn>& program, const UniqueFd& group,
                             const std::string& directory) {
    ISOLAB_ASSIGN(const UniqueFd loaded, load_program(program, directory));
    bpf_attr attributes{};
    attributes.target_fd = static_cast<std::uint32_t>(group.get());
    attributes.attach_bpf_fd = static_cast<std::uint32_t>(loaded.get());
    attributes.attach_type = BPF_CGROUP_DEVICE;
    attributes.attach_flags = BPF_F_ALLOW_MULTI;
    if (call_bpf(BPF_PROG_ATTACH, attributes) != 0)
        return bpf_failure(errno, "attach device program to", directory);
    return {};
}

Result<std::vector<std::uint32_t>> attached_programs(const UniqueFd& group, const std::string& directory) {
    std::array<std::uint32_t, 64> ids{}; // the kernel's own bound
    bpf_attr attributes{};
    attributes.query.target_fd = static_cast<std::uint32_t>(group.get());
    attributes.query.attach_type = BPF_CGROUP_DEVICE;
    attributes.query.prog_ids = address_of(ids.data());
    attributes.query.prog_cnt = ids.size();
    if (call_bpf(BPF_PROG_QUERY, attributes) != 0)
        return bpf_failure(errno, "find device programs of", directory);
    return std::vector<std::uint32_t>(ids.begin(), ids.begin() + attributes.query.prog_cnt);
}

Result<void> detach(std::uint32_t id, const UniqueFd& group, const std::string& directory) {
    bpf_attr attributes{};
    attributes.prog_id = id;
    const UniqueFd program(call_bpf(BPF_PROG_GET_FD_BY_ID, attributes));
    if (!program)
        return errno == ENOENT ? Result<void>{} : bpf_failure(errno, "find device program of", directory);
    attributes = {};
    attributes.target_fd = static_cast<std::uint32_t>(group.get());
    attributes.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
    attributes.attach_type = BPF_CGROUP_DEVICE;
    if (call_bpf(BPF_PROG_DETACH, attributes) != 0 && errno != ENOENT)
        return bpf_failure(errno, "detach device program from", directory);
    return {};
}

} // namespace

std::vector<bpf_insn> make_device_program(const std::vector<DeviceRule>& rules) {
    ProgramWriter writer;
    for (const DeviceRule& rule : std::ranges::reverse_view(rules)) { // the last one decides
        if (is_everything(rule)) {
            writer.answer(rule.allow);
            return writer.take();
        }
        if (can_match(rule))
            writer.add(rule);
    }
    writer.answer(false);
    return writer.take();
}

Result<void> attach_first_device_program(const std::vector<bpf_insn>& program, const std::string& directory) {
    ISOLAB_ASSIGN(const UniqueFd group, open_group(directory));
    return load_and_attach(program, group, directory);
}

Result<void> attach_device_program(const std::vector<bpf_insn>& program, const std::string& directory) {
    ISOLAB_ASSIGN(const UniqueFd group, open_group(directory));
    ISOLAB_ASSIGN(const auto former, attached_programs(group, directory));
    if (!program.empty())
        ISOLAB_TRY(load_and_attach(program, group, directory));
    for (const std::uint32_t id : former)
        ISOLAB_TRY(detach(id, group, directory));
    return {};
}

} // namespace isolab
