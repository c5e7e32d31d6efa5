// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/config_changes.h"
#include "tests/support/test_main.h"

#include "engine/base/json.h"
#include "engine/image/image_config.h"
#include "engine/image/manifest.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;

namespace {

Json changed(const std::vector<std::string>& instructions, Json config = Json::object()) {
    const auto done = apply_config_changes(config, instructions);
    return done ? config : Json(done.error().message());
}

std::string refused(const std::string& instruction) {
    Json config{{"Env", {"A=1"}}};
    const auto done = apply_config_changes(config, {"LABEL kept=no", instruction});
    return done || config.contains("Labels") ? "" : done.error().message();
}

} // namespace

#define COMPARE_JSON(found, text)                                                                                      \
    do {                                                                                                               \
        const auto wanted = parse_json(text, "wanted");                                                                \
        QCOMPARE(QString::fromStdString((found).dump()), wanted ? QString::fromStdString(wanted->dump()) : QString()); \
    } while (false)

class ConfigChangesTest : public QObject {
    Q_OBJECT
  private slots:
    void commands() {
        COMPARE_JSON(changed({"CMD echo $HOME"}), R"({"Cmd":["/bin/sh","-c","echo $HOME"]})");
        COMPARE_JSON(changed({"entrypoint [\"a\",\"b\"]"}, {{"Cmd", Json::array({"old"})}}),
                     R"({"Entrypoint":["a","b"]})");
        COMPARE_JSON(changed({"CMD x", "ENTRYPOINT [\"a\"]"}, {{"Shell", Json::array({"/bin/ash", "-c"})}}),
                     R"({"Shell":["/bin/ash","-c"],"Cmd":["/bin/ash","-c","x"],"Entrypoint":["a"]})");
        COMPARE_JSON(changed({"SHELL [\"/bin/bash\", \"-c\"]", "CMD x"}),
                     R"({"Shell":["/bin/bash","-c"],"Cmd":["/bin/bash","-c","x"]})");
    }
    void variables_and_labels() {
        COMPARE_JSON(changed({"ENV A=1 B=\"two words\"", "ENV A=$B", "LABEL x=${A}"}),
                     R"({"Env":["A=two words","B=two words"],"Labels":{"x":"two words"}})");
    }
    void places_and_ports() {
        COMPARE_JSON(changed({"EXPOSE 80 8000-8001/udp", "VOLUME /a \"/b c\"", "WORKDIR /srv", "WORKDIR x"}),
                     R"({"ExposedPorts":{"80/tcp":{},"8000/udp":{},"8001/udp":{}},)"
                     R"( "Volumes":{"/a":{},"/b c":{}},"WorkingDir":"/srv/x"})");
    }
    void health_checks() {
        COMPARE_JSON(changed({"HEALTHCHECK --interval=5s --timeout=1m --retries=2 CMD wget -q localhost"}),
                     R"({"Healthcheck":{"Interval":5000000000,"Timeout":60000000000,"Retries":2,)"
                     R"( "Test":["CMD-SHELL","wget -q localhost"]}})");
        COMPARE_JSON(changed({"HEALTHCHECK --start-period=500ms CMD [\"/probe\", \"x\"]"}),
                     R"({"Healthcheck":{"StartPeriod":500000000,"Test":["CMD","/probe","x"]}})");
        COMPARE_JSON(changed({"HEALTHCHECK NONE"}), R"({"Healthcheck":{"Test":["NONE"]}})");
    }
    void what_cannot_be_is_refused_and_changes_nothing() {
        for (const char* text :
             {"COPY a b", "EXPOSE 0", "EXPOSE 90-80", "EXPOSE 80/icmp", "STOPSIGNAL SIGNOTHING", "SHELL bash",
              "HEALTHCHECK", "HEALTHCHECK true", "HEALTHCHECK NONE x", "HEALTHCHECK --interval CMD x",
              "HEALTHCHECK --interval=x CMD x", "HEALTHCHECK --retries=1s CMD x", "HEALTHCHECK --often=1s CMD x",
              "ENV A", "LABEL x", "USER a b", "VOLUME \"\""})
            QVERIFY2(refused(text).starts_with("cannot "), text);
    }
    void what_is_written_is_what_a_container_gets() {
        const Json config = changed({"VOLUME /data", "EXPOSE 53/udp", "LABEL a=b", "SHELL [\"/bin/ash\",\"-ec\"]",
                                     "HEALTHCHECK --retries=4 --interval=2s CMD exit 0", "STOPSIGNAL SIGQUIT"});
        const Json document{{"os", "linux"},
                            {"architecture", host_platform().architecture},
                            {"rootfs", {{"type", "layers"}, {"diff_ids", Json::array()}}},
                            {"config", config}};
        const auto read = parse_image_config(document.dump(), "image");
        VERIFY_OK(read);
        QCOMPARE(read->volumes, std::vector<std::string>{"/data"});
        QCOMPARE(read->exposed_ports, std::vector<std::string>{"53/udp"});
        QCOMPARE(read->labels.at("a"), std::string("b"));
        QCOMPARE(read->shell, (std::vector<std::string>{"/bin/ash", "-ec"}));
        QCOMPARE(read->stop_signal, std::string("SIGQUIT"));
        QVERIFY(read->health_check.has_value());
        QCOMPARE(read->health_check->retries, 4U);
        QCOMPARE(read->health_check->interval, std::chrono::nanoseconds(std::chrono::seconds(2)));
    }
    void a_damaged_configuration_is_named() {
        for (const char* config : {R"({"Volumes":[]})", R"({"Labels":{"a":1}})", R"({"Healthcheck":{"Interval":-1}})",
                                   R"({"Healthcheck":{"Test":"x"}})", R"({"ExposedPorts":"80"})"}) {
            const Json document{{"os", "linux"},
                                {"architecture", host_platform().architecture},
                                {"rootfs", {{"type", "layers"}, {"diff_ids", Json::array()}}},
                                {"config", *parse_json(config, "config")}};
            const auto read = parse_image_config(document.dump(), "the image");
            QVERIFY2(!read && read.error().kind == ErrorKind::corrupt, config);
        }
    }
};

ISOLAB_TEST(ConfigChangesTest)
#include "config_changes_test.moc"
