// SPDX-License-Identifier: GPL-3.0-or-later
//
// `isolab network`, and containers in networks of one's own.
#include "engine/base/json.h"
#include "tests/support/container_program.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class ContainerNetworksTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<ContainerProgram> program_;
    HostState before_;

    CommandOutput container(const std::vector<std::string>& arguments) const { return program_->container(arguments); }
    CommandOutput network(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "network");
        return program_->run(arguments);
    }
    CommandOutput start(const std::string& name, const std::string& in) const {
        return program_->run({"run", "-d", "--init", "--name", name, "--network", in, default_image, "sh", "-c",
                              "while :; do echo hello | nc -l -p 80; done"});
    }
    CommandOutput in(const std::string& name, const std::string& script) const {
        return container({"exec", name, "sh", "-c", script});
    }
    Json inspect(const std::string& name) const {
        const auto document = parse_json(network({"inspect", name}).out, "inspect");
        return document && document->is_array() && document->size() == 1 ? document->front() : Json::object();
    }

  private slots:
    void initTestCase() {
        program_ = std::make_unique<ContainerProgram>(programs_folder(), scratch_.path().toStdString() + "/data");
        VERIFY_CODE(program_->run_shell({"--rm"}, "true"), 0); // imports the image
        before_ = HostState::capture(program_->root(), program_->temporary());
    }
    void cleanup() {
        for (const auto& [id, listed] : program_->list())
            VERIFY_CODE(container({"rm", "--force", id}), 0);
        VERIFY_CODE(program_->run({"system", "prune"}), 0);
        QCOMPARE(network({"ls", "-q"}).out, std::string());
        const std::string left = HostState::left_since(before_, program_->root(), program_->temporary());
        QVERIFY2(left.empty(), left.c_str());
    }

    void what_is_asked_for_is_made() {
        const auto made =
            network({"create", "--subnet", "10.213.7.0/24", "--subnet", "fd00:7::/64", "--mtu", "1400", "lab"});
        VERIFY_CODE(made, 0);
        QCOMPARE(made.out, std::string("lab\n"));
        VERIFY_CODE(start("one", "lab"), 0);
        const auto seen = in("one", "ip addr show eth0");
        QVERIFY2(contains(seen.out, "inet 10.213.7.2/24") && contains(seen.out, "inet6 fd00:7::2/64") &&
                     contains(seen.out, "mtu 1400"),
                 seen.out.c_str());
        const Json shown = inspect("lab");
        QCOMPARE(shown["IPAM"]["Config"][0]["Subnet"].dump(), std::string("\"10.213.7.0/24\""));
        QCOMPARE(shown["IPAM"]["Config"][1]["Gateway"].dump(), std::string("\"fd00:7::1\""));
        const Json member = shown["Containers"][program_->field("one", ".Id")];
        QCOMPARE(member["Name"].dump(), std::string("\"one\""));
        QCOMPARE(member["IPv4Address"].dump(), std::string("\"10.213.7.2\""));
        const auto listed = network({"ls"});
        QVERIFY2(contains(listed.out, "lab") && contains(listed.out, "10.213.7.0/24") && contains(listed.out, "one"),
                 listed.out.c_str());
    }
    void networks_keep_their_containers_apart() {
        for (const char* name : {"left", "right"}) {
            VERIFY_CODE(network({"create", name}), 0);
            VERIFY_CODE(start(std::string("at-") + name, name), 0);
        }
        VERIFY_CODE(start("also-left", "left"), 0);
        VERIFY_CODE(
            in("also-left", "for i in $(seq 600); do nc at-left 80 </dev/null && exit; sleep 0.1; done; exit 1"), 0);
        const std::string other = program_->field("at-right", ".NetworkSettings.IPAddress");
        QVERIFY(!other.empty());
        QVERIFY(in("also-left", "nslookup at-right").code != 0);
        QVERIFY(in("also-left", "nc -w 2 " + other + " 80 </dev/null").code != 0);
    }
    void internal_one_has_no_way_out() {
        VERIFY_CODE(network({"create", "--internal", "closed"}), 0);
        const auto refused =
            program_->run({"run", "--rm", "--network", "closed", "-p", "8123:80", default_image, "true"});
        QVERIFY2(refused.code != 0 && contains(refused.err, "network closed is internal"), refused.err.c_str());
        const auto routes = program_->run({"run", "--rm", "--network", "closed", default_image, "ip", "route"});
        VERIFY_CODE(routes, 0);
        QVERIFY2(!contains(routes.out, "default"), routes.out.c_str());
    }
    void one_in_use_stays() {
        VERIFY_CODE(network({"create", "used"}), 0);
        VERIFY_CODE(network({"create", "spare"}), 0);
        VERIFY_CODE(start("user", "used"), 0);
        const auto refused = network({"rm", "used", "spare"});
        QVERIFY2(refused.code != 0 && contains(refused.err, "container user has it"), refused.err.c_str());
        QCOMPARE(refused.out, std::string("spare\n"));
        VERIFY_CODE(container({"stop", "-t", "0", "user"}), 0);
        QCOMPARE(network({"prune"}).out, std::string()); // `user` will want it again
        VERIFY_CODE(container({"start", "user"}), 0);
        VERIFY_CODE(container({"rm", "--force", "user"}), 0);
        QCOMPARE(network({"prune"}).out, std::string("used\n"));
    }
    void what_cannot_be_is_refused_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const QStringList& arguments, const char* said) {
            QTest::newRow(name) << arguments << said;
        };
        row("a name with a meaning", {"create", "host"}, "--network host means something else already");
        row("no name at all", {"create", "a/b"}, "a/b");
        row("half a subnet", {"create", "--subnet", "10.0.0.1/24", "x"}, "10.0.0.1/24");
        row("two of a kind", {"create", "--subnet", "10.1.0.0/24", "--subnet", "10.2.0.0/24", "x"},
            "two subnets of one kind");
        row("the host's own", {"create", "--subnet", "127.0.0.0/8", "x"}, "127.0.0.0/8");
        row("another driver", {"create", "-d", "macvlan", "x"}, "macvlan");
        row("what is not there", {"rm", "nothing"},
            "cannot find network nothing: there is no network of that name. "
            "Make it first: isolab network create nothing");
        row("what is not there, shown", {"inspect", "nothing"}, "cannot find network nothing");
    }
    void what_cannot_be_is_refused() {
        QFETCH(const QStringList, arguments);
        QFETCH(const QString, said);
        std::vector<std::string> words;
        for (const QString& word : arguments)
            words.push_back(word.toStdString());
        const auto refused = network(words);
        QVERIFY2(refused.code != 0 && contains(refused.err, said.toStdString()), refused.err.c_str());
    }
    void name_is_taken_once() {
        VERIFY_CODE(network({"create", "twice"}), 0);
        const auto refused = network({"create", "twice"});
        QVERIFY2(refused.code != 0 && contains(refused.err, "a network of that name exists already"),
                 refused.err.c_str());
    }
};

ISOLAB_TEST(ContainerNetworksTest)
#include "container_networks_test.moc"
