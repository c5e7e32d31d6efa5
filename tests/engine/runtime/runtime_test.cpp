// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <set>

#include <sys/socket.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/unique_fd.h"
#include "engine/runtime/container_state.h"
#include "engine/runtime/launch_protocol.h"
#include "engine/runtime/spec_builder.h"
#include "engine/runtime/spec_json.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

/// Compares with tests/golden/runtime/NAME; ISOLAB_UPDATE_GOLDEN=1 writes the file instead, to be read before
/// committing.
void compare_golden(const std::string& name, const std::string& text) {
    const std::string path = source_file("tests/golden/runtime/") + name;
    if (qEnvironmentVariableIsSet("ISOLAB_UPDATE_GOLDEN"))
        QVERIFY(write_file_atomically(path, text));
    QCOMPARE(QByteArray::fromStdString(text), QByteArray::fromStdString(read_file(path).value_or("")));
}

SpecRequest example(bool rootless) {
    SpecRequest request;
    request.id = "0123456789ab";
    request.process = {{"redis-server", "--port", "6379"}, {"PATH=/usr/bin", "HOME=/"}, "/data", 0, 0, {}};
    request.snapshot = {"/d/c", {"/d/layers/b", "/d/layers/with:colon"}, "/d/c/upper", "/d/c/work", "/d/c/root"};
    request.resources = *container_resources({2, 256U << 20U}, 4, 8ULL << 30U);
    if (rootless) {
        request.control_group = false;
        request.snapshot.user_attributes = true;
        request.uid_mappings = {{0, 1000, 1}};
        request.gid_mappings = {{0, 1000, 1}};
    }
    return request;
}

Result<MountPlan> plan_of(const RuntimeSpec& spec) {
    return plan_mounts(
        {spec.root_path, spec.root_read_only, spec.mounts, spec.devices, spec.masked_paths, spec.read_only_paths});
}

} // namespace

class RuntimeTest : public QObject {
    Q_OBJECT
  private slots:
    void specifications_are_as_written() {
        compare_golden("root.json", runtime_spec_to_json(build_runtime_spec(example(false))).dump(2) + "\n");
        compare_golden("rootless.json", runtime_spec_to_json(build_runtime_spec(example(true))).dump(2) + "\n");
    }
    void mount_plans_are_as_written() {
        compare_golden("root.mounts", describe(*plan_of(build_runtime_spec(example(false)))));
        compare_golden("rootless.mounts", describe(*plan_of(build_runtime_spec(example(true)))));
    }
    void mount_labels_go_to_file_systems_that_take_them() {
        RuntimeSpec spec = build_runtime_spec(example(false));
        MountRequest request{spec.root_path, spec.root_read_only, spec.mounts,
                             spec.devices,   spec.masked_paths,   spec.read_only_paths};
        request.label = "u:r:t:s0:c1,c2";
        const auto plan = plan_mounts(request);
        QVERIFY(plan.has_value());
        const std::set<std::string> labelled{"tmpfs", "devpts"};
        const auto has_label = [](const MountStep& step) {
            return std::ranges::find(step.data, "context=u:r:t:s0:c1,c2") != step.data.end();
        };
        QVERIFY(has_label(plan->root));
        for (const MountStep& step : plan->mounts)
            QVERIFY2(has_label(step) == labelled.contains(step.type), step.target.c_str());
    }
    void container_records_survive_a_round_trip() {
        const ContainerRecord record{"id",
                                     "/bundle",
                                     "/bundle/rootfs",
                                     "/isolab/id",
                                     "/system.slice/isolab.scope",
                                     4711,
                                     123456,
                                     "2026-01-02T03:04:05Z",
                                     1000,
                                     true,
                                     {{"key", "value"}}};
        const auto again = record_from_json(record_to_json(record), "test");
        QVERIFY(again.has_value());
        QCOMPARE(record_to_json(*again), record_to_json(record));
    }
    void broken_container_records_are_refused() {
        const ContainerRecord record{"id", "/b", "/r", "/g", "", 1, 2, "now", 0, false, {}};
        for (const char* field : {"id", "bundle", "rootfs", "controlGroup", "created", "pid", "startTime"}) {
            Json document = record_to_json(record);
            document.erase(field);
            QVERIFY2(!record_from_json(document, "test"), field);
        }
        Json huge = record_to_json(record);
        huge["pid"] = 1ULL << 40U;
        QVERIFY(!record_from_json(huge, "test"));
        Json nested = record_to_json(record);
        nested["annotations"]["key"] = 1;
        QVERIFY(!record_from_json(nested, "test"));
        QVERIFY(!record_from_json(Json::array(), "test"));
    }
    void state_names_a_process_only_while_there_is_one() {
        const ContainerRecord record{"id", "/b", "/r", "/g", "", 4711, 2, "now", 0, {}};
        QCOMPARE(state_document(record, ContainerStatus::created).at("pid"), Json(4711));
        QCOMPARE(state_document(record, ContainerStatus::stopped).at("pid"), Json(0));
        QCOMPARE(state_document(record, ContainerStatus::stopped).at("status"), Json("stopped"));
    }
    void specifications_survive_a_round_trip() {
        const Json document = runtime_spec_to_json(build_runtime_spec(example(true)));
        const auto spec = parse_runtime_spec(document, "test");
        VERIFY_OK(spec);
        QCOMPARE(runtime_spec_to_json(*spec), document);
    }
    void bad_documents_are_refused_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::newRow("version") << "/ociVersion"
                                 << "\"2.0\"";
        QTest::newRow("no command") << "/process/args"
                                    << "[]";
        QTest::newRow("relative cwd") << "/process/cwd"
                                      << "\"data\"";
        QTest::newRow("uid too large") << "/process/user/uid"
                                       << "4294967296";
        QTest::newRow("terminal as text") << "/process/terminal"
                                          << "\"yes\"";
        QTest::newRow("hooks of an unknown moment") << "/hooks"
                                                    << "{\"never\": [{\"path\": \"/x\"}]}";
        QTest::newRow("hook with a relative path") << "/hooks"
                                                   << "{\"prestart\": [{\"path\": \"x\"}]}";
        QTest::newRow("hook without patience") << "/hooks"
                                               << "{\"prestart\": [{\"path\": \"/x\", \"timeout\": 0}]}";
        QTest::newRow("oom score out of range") << "/process/oomScoreAdj"
                                                << "1001";
        QTest::newRow("device without a type") << "/linux/devices"
                                               << "[{\"path\": \"/dev/x\", \"type\": \"\"}]";
        QTest::newRow("device with a relative path") << "/linux/devices"
                                                     << "[{\"path\": \"x\", \"type\": \"c\"}]";
        QTest::newRow("mount label that is no text") << "/linux/mountLabel"
                                                     << "1";
        QTest::newRow("network device with a false name") << "/linux/netDevices"
                                                          << "{\"eth0\": {\"name\": \"a/b\"}}";
        QTest::newRow("network device that is a path") << "/linux/netDevices"
                                                       << "{\"../eth0\": {}}";
        QTest::newRow("two network devices of one name") << "/linux/netDevices"
                                                         << "{\"eth0\": {\"name\": \"x\"}, \"x\": {}}";
        QTest::newRow("clock that does not exist") << "/linux/timeOffsets"
                                                   << "{\"realtime\": {\"secs\": 1}}";
        QTest::newRow("clocks without a namespace") << "/linux/timeOffsets"
                                                    << "{\"boottime\": {\"secs\": 1}}";
        QTest::newRow("unknown personality") << "/linux/personality"
                                             << "{\"domain\": \"BSD\"}";
        QTest::newRow("mount with half a map") << "/mounts/1/uidMappings"
                                               << "[{\"containerID\": 0, \"hostID\": 1, \"size\": 1}]";
        QTest::newRow("namespace path that is relative") << "/linux/namespaces/0/path"
                                                         << "\"net\"";
        QTest::newRow("namespace twice") << "/linux/namespaces/-"
                                         << "{\"type\": \"network\", \"path\": \"/proc/1/ns/net\"}";
        QTest::newRow("namespace of no kind") << "/linux/namespaces/0/type"
                                              << "\"space\"";
        QTest::newRow("kernel parameter of the host") << "/linux/sysctl"
                                                      << "{\"vm.overcommit_memory\": \"1\"}";
        QTest::newRow("the same, hidden by slashes") << "/linux/sysctl"
                                                     << "{\"vm/net.x\": \"1\"}";
        QTest::newRow("kernel parameter that climbs") << "/linux/sysctl"
                                                      << "{\"kernel/../net.x\": \"1\"}";
        QTest::newRow("kernel parameter that is a number") << "/linux/sysctl"
                                                           << "{\"net.ipv4.ip_forward\": 1}";
        QTest::newRow("annotation that is no text") << "/annotations"
                                                    << "{\"key\": []}";
        QTest::newRow("process is a list") << "/process"
                                           << "[]";
        QTest::newRow("mounts of text") << "/mounts"
                                        << "[\"x\"]";
    }
    void bad_documents_are_refused() {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        Json document = runtime_spec_to_json(build_runtime_spec(example(false)));
        document[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        QVERIFY(!parse_runtime_spec(document, "test"));
    }
    void kernel_parameters_need_their_namespace() {
        RuntimeSpec spec = build_runtime_spec(example(false));
        spec.sysctls = {{"net.ipv4.ip_forward", "1"}, {"kernel.shm_rmid_forced", "1"}};
        const auto kept = parse_runtime_spec(runtime_spec_to_json(spec), "test");
        QVERIFY(kept.has_value());
        QVERIFY(kept->sysctls == spec.sysctls);
        spec.namespaces.network = false;
        QVERIFY(!parse_runtime_spec(runtime_spec_to_json(spec), "test"));
    }
    void bad_mounts_are_refused() {
        const auto refused = [](const Mount& mount) { return !plan_mounts({"/root", false, {mount}, {}, {}, {}}); };
        QVERIFY(refused({"relative", "tmpfs", "tmpfs", {}}));
        QVERIFY(refused({"/x", "bind", "relative", {}}));
        QVERIFY(refused({"/", "overlay", "overlay", {"upperdir=/u"}}));
        QVERIFY(refused({"/x", "overlay", "overlay", {"lowerdir=/l"}}));
        QVERIFY(!refused({"/x", "bind", "/y", {"ro", "rbind"}}));
    }
    void parameters_of_binds_are_told() {
        const auto plan = plan_mounts({"/root", false, {{"/x", "bind", "/y", {"ro", "size=1m", "sync"}}}, {}, {}, {}});
        QVERIFY(plan);
        QCOMPARE(plan->warnings.size(), std::size_t{1});
        QVERIFY(plan->warnings.front().find("\"size=1m\" has no effect") != std::string::npos);
    }
    void lower_directories_are_escaped() {
        const std::vector<std::string> names{"/a:b", "/c\\d", "/e,f"};
        QCOMPARE(split_lower_directories(join_lower_directories(names)), names);
    }
    void records_survive_the_wire() {
        const ErrorRecord error{{ErrorKind::not_found, "find command", "x", "it is not there", "look"}, 127};
        const auto decoded = decode(encode(error));
        QVERIFY(decoded);
        const auto& copy = std::get<ErrorRecord>(*decoded);
        QCOMPARE(copy.error.message(), error.error.message());
        QCOMPARE(copy.exit_code, 127);
        const ExitRecord exit{{137, 9, true}, Nanoseconds(5), Nanoseconds(6), 7, 8};
        const auto exit_copy = std::get<ExitRecord>(*decode(encode(exit)));
        QVERIFY(exit_copy.status.out_of_memory && exit_copy.cgroup_peak == 8U && exit_copy.peak_rss == 7U);
        const auto exchange =
            std::get<ExchangeRequest>(*decode(encode(ExchangeRequest{1, 80, 5, std::string("a\0b", 3), "c"})));
        QCOMPARE(exchange.send, std::string("a\0b", 3));
    }
    void last_words_of_a_peer_that_did_not_listen_arrive() {
        std::array<int, 2> ends{};
        QCOMPARE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
        UniqueFd ours(ends[0]);
        UniqueFd theirs(ends[1]);
        QVERIFY(send_record(ours.get(), SignalRequest{15})); // never read
        QVERIFY(send_record(theirs.get(), WarningRecord{"first"}));
        QVERIFY(send_record(theirs.get(), ErrorRecord{{ErrorKind::not_found, "mount", "/proc", "why", ""}, 125}));
        theirs.reset();
        const auto first = receive_record(ours.get());
        QVERIFY2(first && *first, first ? "end of stream" : first.error().message().c_str());
        QCOMPARE(std::get<WarningRecord>(**first).text, std::string("first"));
        const auto second = receive_record(ours.get());
        QVERIFY(second && *second);
        QCOMPARE(std::get<ErrorRecord>(**second).error.subject, std::string("/proc"));
        const auto end = receive_record(ours.get());
        QVERIFY(end && !*end);
    }
    void damaged_packets_are_refused() {
        const std::string packet = encode(MarkRecord{Phase::exec, Nanoseconds(1), Nanoseconds(2)});
        for (std::size_t size = 0; size < packet.size(); ++size)
            QVERIFY(!decode(packet.substr(0, size)));
        QVERIFY(!decode(packet + "x"));
        std::string unknown = packet;
        unknown[4] = 99;
        QVERIFY(!decode(unknown));
        std::string phase = packet;
        phase[8] = 77;
        QVERIFY(!decode(phase));
    }
};

ISOLAB_TEST(RuntimeTest)
#include "runtime_test.moc"
