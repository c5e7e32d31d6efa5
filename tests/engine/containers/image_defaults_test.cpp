// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/image_defaults.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;
using namespace std::chrono_literals;

class ImageDefaultsTest : public QObject {
    Q_OBJECT
  private slots:
    void health_checks() {
        ImageConfig config;
        QVERIFY(!*image_health_check(config));
        config.health_check = ImageHealthCheck{{"CMD-SHELL", "probe now"}, 5s, 0s, 1s, 2s, 0};
        const auto shell = image_health_check(config);
        QVERIFY(shell && *shell);
        QCOMPARE((*shell)->command, (std::vector<std::string>{"/bin/sh", "-c", "probe now"}));
        QVERIFY((*shell)->start_interval == 2s);
        QCOMPARE((*shell)->interval, Nanoseconds(5s));
        QCOMPARE((*shell)->timeout, Nanoseconds(30s)); // the usual one
        QCOMPARE((*shell)->start_period, Nanoseconds(1s));
        QCOMPARE((*shell)->retries, 3U);
        config.shell = {"/bin/ash", "-ec"};
        QCOMPARE((*image_health_check(config))->command, (std::vector<std::string>{"/bin/ash", "-ec", "probe now"}));
        config.health_check->test = {"CMD", "/probe", "x"};
        QCOMPARE((*image_health_check(config))->command, (std::vector<std::string>{"/probe", "x"}));
        config.health_check->test = {"NONE"};
        QVERIFY(!*image_health_check(config));
        for (const std::vector<std::string>& test :
             {std::vector<std::string>{"CMD"}, {"CMD-SHELL"}, {"CMD-SHELL", "a", "b"}, {"probe"}}) {
            config.health_check->test = test;
            QVERIFY(!image_health_check(config));
        }
    }
    void volumes_where_nothing_is_yet() {
        ContainerSettings settings;
        settings.mounts.push_back({"bind", "/home", "/data", {}, false, {}});
        ImageConfig config;
        config.volumes = {"/data/", "/var/lib//x"};
        QVERIFY(add_image_volumes(settings, config));
        QCOMPARE(settings.mounts.size(), std::size_t{2});
        QCOMPARE(settings.mounts[1].kind, std::string("volume"));
        QCOMPARE(settings.mounts[1].target, std::string("/var/lib/x"));
        QVERIFY(settings.mounts[1].volume.empty());
        for (const char* bad : {"/", "relative", "/..", ""}) {
            config.volumes = {bad};
            QVERIFY2(!add_image_volumes(settings, config), bad);
        }
    }
    void ports_that_are_not_published_yet() {
        ContainerSettings settings;
        settings.ports = *parse_port_forward("8080:80");
        QVERIFY(publish_exposed_ports(settings, {"80/tcp", "53/udp", "53/udp", "8000-8001"}));
        QCOMPARE(settings.ports.size(), std::size_t{4});
        QCOMPARE(settings.ports[1].container_port, std::uint16_t{53});
        QCOMPARE(settings.ports[1].transport, Transport::udp);
        QCOMPARE(settings.ports[1].host_first, std::uint16_t{0});
        QCOMPARE(settings.ports[3].container_port, std::uint16_t{8001});
        QVERIFY(!publish_exposed_ports(settings, {"x"}));
    }
};

ISOLAB_TEST(ImageDefaultsTest)
#include "image_defaults_test.moc"
