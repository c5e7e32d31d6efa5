// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/network_values.h"

#include <QtTest>

#include "engine/network/network.h"

using namespace isolab;

class NetworkValuesTest : public QObject {
    Q_OBJECT
  private slots:
    void subnets_are_read() {
        const auto subnet = Subnet::parse("10.201.0.0/24");
        QVERIFY(subnet);
        QCOMPARE(subnet->text(), std::string("10.201.0.0/24"));
        QCOMPARE(subnet->size(), std::uint64_t{256});
        QVERIFY(subnet->contains(*IpAddress::parse("10.201.0.255")));
        QVERIFY(!subnet->contains(*IpAddress::parse("10.201.1.0")));
        for (const char* bad : {"10.201.0.1/24", "10.201.0.0", "10.201.0.0/33", "10.201.0.0/", "x/24", "::1/64"})
            QVERIFY2(!Subnet::parse(bad), bad);
    }
};

QTEST_GUILESS_MAIN(NetworkValuesTest)
#include "network_values_test.moc"
