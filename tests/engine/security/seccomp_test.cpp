// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/security/seccomp_profile.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <cerrno>

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/security/capabilities.h"
#include "engine/security/seccomp_program.h"
#include "engine/security/sha256.h"

#include <QtTest>

using namespace isolab;

namespace {

constexpr const char* reference_file = "/usr/share/containers/seccomp.json";

SeccompFilter resolved(const std::string& text, const std::vector<std::string>& capabilities) {
    return *resolve_seccomp_profile(*parse_json(text, "profile"), seccomp_conditions(capabilities), "profile");
}

/// Runs a program as the kernel does (classic BPF, seccomp(2)) on one system call.
std::uint32_t evaluate(const std::vector<sock_filter>& program, const seccomp_data& data) {
    const auto load = [&](std::uint32_t offset) {
        std::uint32_t word = 0;
        std::memcpy(&word, reinterpret_cast<const char*>(&data) + offset, sizeof word); // NOLINT: raw data
        return word;
    };
    std::uint32_t accumulator = 0;
    for (std::size_t pc = 0; pc < program.size(); ++pc) {
        const sock_filter& in = program[pc];
        const auto jump = [&](bool taken) { pc += taken ? in.jt : in.jf; };
        switch (in.code) {
        case BPF_LD | BPF_W | BPF_ABS:
            accumulator = load(in.k);
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            accumulator &= in.k;
            break;
        case BPF_JMP | BPF_JA:
            pc += in.k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            jump(accumulator == in.k);
            break;
        case BPF_JMP | BPF_JGT | BPF_K:
            jump(accumulator > in.k);
            break;
        case BPF_JMP | BPF_JGE | BPF_K:
            jump(accumulator >= in.k);
            break;
        case BPF_JMP | BPF_JSET | BPF_K:
            jump((accumulator & in.k) != 0);
            break;
        case BPF_RET | BPF_K:
            return in.k;
        default:
            return 0xdead;
        }
    }
    return 0xdead;
}

bool allows(const SeccompProgram& program, std::uint32_t architecture, int number,
            const std::array<std::uint64_t, 3>& arguments) {
    seccomp_data data{};
    data.nr = number;
    data.arch = architecture;
    for (std::size_t i = 0; i < arguments.size(); ++i)
        data.args[i] = arguments[i];
    return evaluate(program.instructions, data) == SECCOMP_RET_ALLOW;
}

/// Argument values at and around everything that either profile compares with.
const std::array<std::uint64_t, 30> interesting{
    0,         1,          2,          8,          9,          10,        15,       16,         17,          29,
    31,        38,         39,         40,         44,         0x11,      0x20000,  0x20008,    0x2000000,   0x4000000,
    0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x7e020000, 0x1200011, 0x3d0f00, 0xffffffff, 0x100000000, ~0ULL};

} // namespace

class SeccompTest : public QObject {
    Q_OBJECT
  private slots:
    void blocks_at_least_what_the_reference_blocks_data() {
        QTest::addColumn<bool>("with_default_capabilities");
        QTest::newRow("default capabilities") << true;
        QTest::newRow("no capabilities") << false;
    }
    /// For every system call number of both architectures and every combination of interesting arguments.
    void blocks_at_least_what_the_reference_blocks() {
        QFETCH(bool, with_default_capabilities);
        const auto capabilities = with_default_capabilities ? default_capabilities() : std::vector<std::string>{};
        const auto reference = read_file(reference_file);
        QVERIFY2(reference, "install golang-github-containers-common");
        const auto ours = compile_seccomp(resolved(default_seccomp_profile(), capabilities));
        const auto theirs = compile_seccomp(resolved(*reference, capabilities));
        QVERIFY(ours && theirs);
        std::size_t allowed = 0;
        for (const std::uint32_t architecture : {std::uint32_t{AUDIT_ARCH_X86_64}, std::uint32_t{AUDIT_ARCH_I386}})
            for (int number = 0; number < 480; ++number)
                for (const std::uint64_t first : interesting)
                    for (const std::uint64_t third : {0ULL, 9ULL, 40ULL})
                        if (allows(*ours, architecture, number, {first, 0, third})) {
                            ++allowed;
                            QVERIFY2(allows(*theirs, architecture, number, {first, 0, third}),
                                     qPrintable(QString("call %1 of %2 with %3")
                                                    .arg(number)
                                                    .arg(architecture, 0, 16)
                                                    .arg(first, 0, 16)));
                        }
        QVERIFY(allowed > 10000);
    }
    void forbidden_calls_give_their_error_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<quint64>("first");
        QTest::addColumn<int>("error");
        for (const char* name : {"keyctl",
                                 "add_key",
                                 "bpf",
                                 "mount",
                                 "umount2",
                                 "unshare",
                                 "setns",
                                 "pivot_root",
                                 "init_module",
                                 "kexec_load",
                                 "open_by_handle_at",
                                 "perf_event_open",
                                 "userfaultfd",
                                 "io_uring_setup",
                                 "swapon",
                                 "reboot",
                                 "syslog",
                                 "settimeofday",
                                 "iopl",
                                 "acct",
                                 "quotactl"})
            QTest::newRow(name) << name << quint64{0} << EPERM;
        QTest::newRow("clone newuser") << "clone" << quint64{0x10000011} << EPERM;
        QTest::newRow("clone newns") << "clone" << quint64{0x00020011} << EPERM;
        QTest::newRow("clone newnet") << "clone" << quint64{0x40000011} << EPERM;
        QTest::newRow("socket alg") << "socket" << quint64{38} << ENOSYS;
        QTest::newRow("socket vsock") << "socket" << quint64{40} << ENOSYS;
        QTest::newRow("clone3") << "clone3" << quint64{0} << ENOSYS;
        QTest::newRow("personality") << "personality" << quint64{0x0400000} << ENOSYS;
    }
    void forbidden_calls_give_their_error() {
        QFETCH(QString, name);
        QFETCH(quint64, first);
        QFETCH(int, error);
        const auto ours = compile_seccomp(resolved(default_seccomp_profile(), default_capabilities()));
        seccomp_data data{};
        data.arch = AUDIT_ARCH_X86_64;
        data.nr = ::seccomp_syscall_resolve_name(name.toUtf8().constData());
        data.args[0] = first;
        QVERIFY(data.nr >= 0);
        QCOMPARE(evaluate(ours->instructions, data), SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error));
    }
    /// As Docker's profiles of 2017 and before were written; runc and crun read them so.
    void comparisons_of_one_argument_are_alternatives() {
        const auto program = compile_seccomp(resolved(R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
            {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [
              {"index": 0, "value": 0, "op": "SCMP_CMP_EQ"},
              {"index": 0, "value": 8, "op": "SCMP_CMP_EQ"},
              {"index": 0, "value": 4294967295, "op": "SCMP_CMP_EQ"}]},
            {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [
              {"index": 0, "value": 2, "op": "SCMP_CMP_EQ"},
              {"index": 1, "value": 1, "op": "SCMP_CMP_EQ"}]}]})",
                                                      {}));
        VERIFY_OK(program);
        const int personality = ::seccomp_syscall_resolve_name("personality");
        for (const std::uint64_t value : {0ULL, 8ULL, 0xffffffffULL})
            QVERIFY(allows(*program, AUDIT_ARCH_X86_64, personality, {value, 0, 0}));
        for (const std::uint64_t value : {1ULL, 0x20000ULL, 0x100000000ULL})
            QVERIFY(!allows(*program, AUDIT_ARCH_X86_64, personality, {value, 0, 0}));
        // Comparisons of several arguments hold together.
        const int socket = ::seccomp_syscall_resolve_name("socket");
        QVERIFY(allows(*program, AUDIT_ARCH_X86_64, socket, {2, 1, 0}));
        QVERIFY(!allows(*program, AUDIT_ARCH_X86_64, socket, {2, 2, 0}));
        QVERIFY(!allows(*program, AUDIT_ARCH_X86_64, socket, {1, 1, 0}));
    }
    void capabilities_open_what_they_are_for() {
        const auto plain = compile_seccomp(resolved(default_seccomp_profile(), {}));
        const auto admin = compile_seccomp(resolved(default_seccomp_profile(), {"CAP_SYS_ADMIN"}));
        const int number = ::seccomp_syscall_resolve_name("mount");
        QVERIFY(!allows(*plain, AUDIT_ARCH_X86_64, number, {}));
        QVERIFY(allows(*admin, AUDIT_ARCH_X86_64, number, {}));
        QVERIFY(!allows(*plain, AUDIT_ARCH_X86_64, ::seccomp_syscall_resolve_name("chroot"), {}));
    }
    void every_name_is_known() {
        for (const SeccompRule& rule : resolved(default_seccomp_profile(), default_capabilities()).rules)
            for (const std::string& name : rule.names)
                QVERIFY2(::seccomp_syscall_resolve_name(name.c_str()) != __NR_SCMP_ERROR, name.c_str());
    }
    void json_round_trip() {
        const SeccompFilter filter = resolved(default_seccomp_profile(), default_capabilities());
        const Json document = seccomp_to_json(filter);
        const auto again = parse_seccomp(document, "test");
        QVERIFY(again);
        QCOMPARE(seccomp_to_json(*again), document);
    }
    void bad_filters_are_refused() {
        QVERIFY(!parse_seccomp(Json{{"syscalls", Json::array()}}, "test"));
        QVERIFY(!parse_seccomp(Json{{"defaultAction", "SCMP_ACT_NOTIFY"}, {"listenerPath", "/x"}}, "test"));
        QVERIFY(!parse_seccomp_listener(Json{{"defaultAction", "SCMP_ACT_ALLOW"}, {"listenerMetadata", "m"}}, "test"));
        SeccompFilter filter;
        filter.rules.push_back({{"read"}, "SCMP_ACT_DANCE", std::nullopt, {}});
        QVERIFY(!compile_seccomp(filter));
    }
    void cache_is_used_and_checked() {
        const TemporaryTree folder(
            *make_temporary_directory(std::filesystem::temp_directory_path(), "isolab-seccomp-"));
        const SeccompCache cache(folder.path() / "cache");
        const Json document = seccomp_to_json(resolved(default_seccomp_profile(), default_capabilities()));
        const auto first = cache.compile(document, "test");
        QVERIFY(first);
        const auto file = cache.file_of(document);
        struct stat status {};
        QCOMPARE(::stat(file.c_str(), &status), 0);
        QCOMPARE(status.st_mode & 07777U, 0600U);

        // A file with one bit changed, or readable by others, is not believed.
        std::string bytes = *read_file(file);
        bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 1);
        QVERIFY(write_file_atomically(file, bytes, 0600));
        const auto second = cache.compile(document, "test");
        QVERIFY(second);
        QCOMPARE(second->instructions.size(), first->instructions.size());
        QVERIFY(std::memcmp(second->instructions.data(), first->instructions.data(),
                            first->instructions.size() * sizeof(sock_filter)) == 0);
        QVERIFY(*read_file(file) != bytes);
        const auto modified = std::filesystem::last_write_time(file);
        QVERIFY(cache.compile(document, "test"));
        QCOMPARE(std::filesystem::last_write_time(file), modified);
        Json other = document;
        other["defaultErrnoRet"] = 1;
        QVERIFY(cache.file_of(other) != file);
    }
    void sha256_of_known_texts() {
        QCOMPARE(sha256_hex(""), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        QCOMPARE(sha256_hex("abc"), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(sha256_hex(std::string(1'000'000, 'a')),
                 std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
    }
    void capability_names_and_numbers() {
        QCOMPARE(capability_number("CAP_SYS_ADMIN"), std::optional(21U));
        QCOMPARE(capability_number("net_raw"), std::optional(13U));
        QVERIFY(!capability_number("CAP_NONSENSE"));
        std::vector<std::string> unknown;
        QCOMPARE(capability_mask(default_capabilities(), unknown), CapabilityMask{0xa80425fb});
        QVERIFY(unknown.empty());
        QCOMPARE(capability_names(0xa80425fb).size(), std::size_t{14});
    }
};

ISOLAB_TEST(SeccompTest)
#include "seccomp_test.moc"
