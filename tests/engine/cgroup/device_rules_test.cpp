// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/device_program.h"
#include "tests/support/test_main.h"

#include <random>

#include <QtTest>

using namespace isolab;

namespace {

const DeviceRule nothing{false, 'a', {}, {}, device_all_access};
const DeviceRule everything{true, 'a', {}, {}, device_all_access};

struct Request {
    char type;
    std::uint32_t major;
    std::uint32_t minor;
    std::uint8_t access;
};

/// What the kernel does with the instructions that device programs are made of; -1 for what it would refuse.
int simulate(const std::vector<bpf_insn>& program, const Request& request) {
    std::array<std::uint64_t, 11> r{};
    const std::array<std::uint32_t, 3> context{static_cast<std::uint32_t>(request.access) << 16U |
                                                   (request.type == 'b' ? 1U : 2U),
                                               request.major, request.minor};
    for (std::size_t at = 0; at < program.size(); ++at) {
        const bpf_insn& one = program[at];
        const auto value = static_cast<std::uint64_t>(static_cast<std::int64_t>(one.imm));
        std::uint64_t& to = r[one.dst_reg];
        switch (one.code) {
        case BPF_LDX | BPF_MEM | BPF_W:
            to = context.at(static_cast<std::size_t>(one.off) / 4);
            break;
        case BPF_ALU | BPF_MOV | BPF_X:
            to = static_cast<std::uint32_t>(r[one.src_reg]);
            break;
        case BPF_ALU64 | BPF_MOV | BPF_K:
            to = value;
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            to = static_cast<std::uint32_t>(to & value);
            break;
        case BPF_ALU | BPF_RSH | BPF_K:
            to = static_cast<std::uint32_t>(to) >> value;
            break;
        case BPF_JMP | BPF_JNE | BPF_K:
            at += to != value ? static_cast<std::size_t>(one.off) : 0;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            at += to == value ? static_cast<std::size_t>(one.off) : 0;
            break;
        case BPF_JMP | BPF_EXIT:
            return static_cast<int>(r[0]);
        default:
            return -1;
        }
    }
    return -1;
}

/// The kernel's cgroup v1 check of one request against a list (devcgroup_check_permission).
bool v1_list_allows(const DeviceAccessList& list, const Request& request) {
    const auto matches = [&](const DeviceRule& rule) {
        return rule.type == request.type && rule.major.value_or(request.major) == request.major &&
               rule.minor.value_or(request.minor) == request.minor;
    };
    for (const DeviceRule& rule : list.exceptions) {
        if (!matches(rule))
            continue;
        if (list.allows_by_default && (rule.access & request.access) != 0)
            return false;
        if (!list.allows_by_default && (request.access & ~rule.access) == 0)
            return true;
    }
    return list.allows_by_default;
}

class Dice {
  public:
    std::uint32_t up_to(std::uint32_t most) { return std::uniform_int_distribution<std::uint32_t>(0, most)(engine_); }
    std::optional<std::uint32_t> number() { return up_to(2) == 0 ? std::nullopt : std::optional(up_to(2)); }
    DeviceRule rule() {
        return {up_to(1) == 1, "acb"[up_to(2)], number(), number(), static_cast<std::uint8_t>(1 + up_to(6))};
    }

  private:
    std::mt19937 engine_{42};
};

template <class Visit> void for_each_request(Visit visit) {
    for (const char type : {'c', 'b'})
        for (std::uint32_t major = 0; major < 4; ++major)
            for (std::uint32_t minor = 0; minor < 4; ++minor)
                for (std::uint8_t access = 1; access < 8; ++access)
                    visit(Request{type, major, minor, access});
}

} // namespace

class DeviceRulesTest : public QObject {
    Q_OBJECT
  private slots:
    void programs_answer_as_the_rules_do() {
        Dice dice;
        int allowed = 0;
        int denied = 0;
        for (int round = 0; round < 3000; ++round) {
            std::vector<DeviceRule> rules;
            for (std::uint32_t left = dice.up_to(6); left > 0; --left)
                rules.push_back(dice.up_to(9) == 0 ? (dice.up_to(1) == 0 ? nothing : everything) : dice.rule());
            const auto program = make_device_program(rules);
            for_each_request([&](const Request& request) {
                const bool expected =
                    device_is_allowed(rules, request.type, request.major, request.minor, request.access);
                QCOMPARE(simulate(program, request), expected ? 1 : 0);
                ++(expected ? allowed : denied);
            });
        }
        QVERIFY(allowed > 10'000 && denied > 10'000);
    }
    void v1_lists_never_allow_more_than_the_rules() {
        Dice dice;
        int expressible = 0;
        for (int round = 0; round < 3000; ++round) {
            std::vector<DeviceRule> rules;
            for (std::uint32_t left = dice.up_to(5); left > 0; --left)
                rules.push_back(dice.up_to(4) == 0 ? nothing : dice.rule());
            const auto list = normalise_device_rules(rules);
            if (!list) {
                QCOMPARE(list.error().kind, ErrorKind::unsupported);
                continue;
            }
            ++expressible;
            for_each_request([&](const Request& request) {
                const bool expected =
                    device_is_allowed(rules, request.type, request.major, request.minor, request.access);
                const bool answer = v1_list_allows(*list, request);
                const bool one_kind = (request.access & (request.access - 1)) == 0;
                // The kernel wants one exception for all that is asked at once; single kinds are exact.
                QVERIFY(one_kind ? answer == expected : !answer || expected);
            });
        }
        QVERIFY(expressible > 500);
    }
    void last_matching_rule_decides() {
        std::vector<DeviceRule> rules{nothing, {true, 'c', 1, 3, device_all_access}};
        QVERIFY(device_is_allowed(rules, 'c', 1, 3, device_read | device_write));
        QVERIFY(!device_is_allowed(rules, 'b', 1, 3, device_read));
        rules.push_back({false, 'c', 1, {}, device_write});
        QVERIFY(device_is_allowed(rules, 'c', 1, 3, device_read));
        QVERIFY(!device_is_allowed(rules, 'c', 1, 3, device_read | device_write));
        QVERIFY(!device_is_allowed({}, 'c', 1, 3, device_read));
    }
    void rules_are_normalised() {
        const auto list = normalise_device_rules({everything,
                                                  nothing,
                                                  {true, 'a', 10, 229, device_read},
                                                  {true, 'c', 10, 229, device_write},
                                                  {false, 'b', {}, {}, 7}});
        QVERIFY(list);
        QVERIFY(!list->allows_by_default);
        QCOMPARE(list->exceptions.size(), 1U);
        QCOMPARE(v1_device_text(list->exceptions.front()), std::string("c 10:229 rw"));
        const auto hole = normalise_device_rules({nothing, {true, 'c', 1, {}, 7}, {false, 'c', 1, 3, device_write}});
        QVERIFY(!hole);
        QVERIFY(hole.error().message().find("c 1:3 w") != std::string::npos);
        QVERIFY(normalise_device_rules({everything, {false, 'c', 1, 3, device_write}})->allows_by_default);
    }
    void changes_take_nothing_away_meanwhile() {
        const DeviceAccessList now = parse_v1_device_list("c 1:3 rwm\nc 136:* rw\nb 8:0 r\n");
        QCOMPARE(now.exceptions.size(), 3U);
        const auto wanted = normalise_device_rules({nothing, {true, 'c', 1, 3, 7}, {true, 'b', 8, 0, 3}});
        QCOMPARE(plan_device_list(now, *wanted),
                 (std::vector<DeviceListChange>{{true, "b 8:0 m"}, {false, "c 136:* rw"}}));
        QCOMPARE(plan_device_list(parse_v1_device_list("a *:* rwm\n"), *wanted),
                 (std::vector<DeviceListChange>{{false, "a"}, {true, "c 1:3 rwm"}, {true, "b 8:0 rm"}}));
        QCOMPARE(plan_device_list(now, {true, {}}), (std::vector<DeviceListChange>{{true, "a"}}));
        QCOMPARE(plan_device_list(std::nullopt, {}), (std::vector<DeviceListChange>{{false, "a"}}));
    }
    void access_letters_are_checked() {
        QCOMPARE(*parse_device_access("mr"), std::uint8_t{3});
        QCOMPARE(*parse_device_access(""), std::uint8_t{7});
        QVERIFY(!parse_device_access("rx"));
    }
};

ISOLAB_TEST(DeviceRulesTest)
#include "device_rules_test.moc"
