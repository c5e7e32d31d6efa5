// SPDX-License-Identifier: GPL-3.0-or-later
//
// Against a bus of our own with a manager that answers as systemd does, and records what it was asked for.
#include "engine/cgroup/systemd_scope.h"
#include "tests/support/test_main.h"

#include <future>

#include "engine/base/file_tree.h"
#include "engine/cgroup/cgroup_scope_record.h"
#include "tests/engine/cgroup/systemd_types.h"
#include "tests/support/verify.h"

#include <QDBusConnection>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;

/// org.freedesktop.systemd1.Manager, as far as scopes need it.
class FakeManager : public QObject, protected QDBusContext {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.systemd1.Manager")
  public:
    QString unit;
    QString mode;
    QMap<QString, QVariant> properties;
    QList<uint> pids;
    QString job_result = "done"; ///< empty: the job never ends
    QString refusal;
    QString subgroup; ///< that a process was attached to

  public slots:
    QDBusObjectPath StartTransientUnit(const QString& name, const QString& how, const QList<UnitProperty>& given,
                                       const QList<AuxiliaryUnit>& auxiliary) {
        unit = name;
        mode = how;
        for (const UnitProperty& one : given) {
            properties[one.name] = one.value.variant();
            if (one.name == "PIDs")
                one.value.variant().value<QDBusArgument>() >> pids;
        }
        if (!refusal.isEmpty() || !auxiliary.isEmpty()) {
            sendErrorReply("org.freedesktop.systemd1.UnitExists", refusal);
            return {};
        }
        const QDBusObjectPath job("/org/freedesktop/systemd1/job/7");
        emit JobRemoved(6, QDBusObjectPath("/org/freedesktop/systemd1/job/6"), "other.service", "failed");
        if (!job_result.isEmpty())
            emit JobRemoved(7, job, name, job_result); // before the answer, as it may happen
        return job;
    }
    void AttachProcessesToUnit(const QString& name, const QString& into, const QList<uint>& processes) {
        unit = name;
        subgroup = into;
        pids = processes;
        if (!refusal.isEmpty())
            sendErrorReply("org.freedesktop.DBus.Error.Failed", refusal);
    }
  signals:
    void JobRemoved(uint id, const QDBusObjectPath& job, const QString& name, const QString& result);
};

class SystemdScopeTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    QProcess daemon_;
    std::string address_;
    std::unique_ptr<FakeManager> manager_;

    ScopeRequest request() const {
        ScopeRequest request;
        request.name = "isolab-77.scope";
        request.description = "Containers of Isolab";
        request.process = 4711;
        request.slice = "machine.slice";
        request.address = address_;
        request.patience = test::patience;
        return request;
    }
    /// The manager answers in this thread meanwhile.
    static Result<void> start(const ScopeRequest& request, const std::string& subgroup = {}) {
        auto answer = std::async(std::launch::async, [&request, &subgroup] {
            return subgroup.empty() ? start_delegated_scope(request) : join_delegated_scope(request, subgroup);
        });
        while (answer.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready)
            QCoreApplication::processEvents();
        return answer.get();
    }

  private slots:
    void initTestCase() {
        register_systemd_types();
        address_ = "unix:path=" + folder_.filePath("bus").toStdString();
        daemon_.setProcessChannelMode(QProcess::MergedChannels);
        daemon_.start("dbus-daemon", {"--session", "--nofork", "--nopidfile", "--print-address",
                                      "--address=" + QString::fromStdString(address_)});
        if (!daemon_.waitForStarted())
            QSKIP("dbus-daemon is not installed");
        QVERIFY(daemon_.waitForReadyRead(60'000)); // it prints the address when it can be used
        auto bus = QDBusConnection::connectToBus(QString::fromStdString(address_), "manager");
        QVERIFY2(bus.isConnected(), qPrintable(bus.lastError().message()));
        QVERIFY(bus.registerService("org.freedesktop.systemd1"));
    }
    void cleanupTestCase() {
        QDBusConnection::disconnectFromBus("manager");
        daemon_.terminate();
        daemon_.waitForFinished(5000);
    }
    void init() {
        manager_ = std::make_unique<FakeManager>();
        QVERIFY(QDBusConnection("manager").registerObject("/org/freedesktop/systemd1", manager_.get(),
                                                          QDBusConnection::ExportAllSlots |
                                                              QDBusConnection::ExportAllSignals));
    }
    void cleanup() {
        QDBusConnection("manager").unregisterObject("/org/freedesktop/systemd1");
        manager_.reset();
    }

    void scope_is_asked_for_as_systemd_wants_it() {
        const auto started = start(request());
        VERIFY_OK(started);
        QCOMPARE(manager_->unit, QString("isolab-77.scope"));
        QCOMPARE(manager_->mode, QString("fail"));
        QCOMPARE(manager_->pids, QList<uint>{4711});
        QCOMPARE(manager_->properties["Delegate"].toBool(), true);
        QCOMPARE(manager_->properties["MemoryAccounting"].toBool(), true);
        QCOMPARE(manager_->properties["Slice"].toString(), QString("machine.slice"));
        QCOMPARE(manager_->properties["CollectMode"].toString(), QString("inactive-or-failed"));
        QCOMPARE(manager_->properties["Description"].toString(), QString("Containers of Isolab"));
    }
    void refusal_comes_with_its_reason() {
        manager_->refusal = "Unit isolab-77.scope already exists.";
        const auto started = start(request());
        QVERIFY(!started);
        QVERIFY2(started.error().message().find("already exists") != std::string::npos,
                 started.error().message().c_str());
        QCOMPARE(started.error().kind, ErrorKind::already_exists);
    }
    void process_joins_a_scope() {
        const auto joined = start(request(), "/supervisor");
        VERIFY_OK(joined);
        QCOMPARE(manager_->unit, QString("isolab-77.scope"));
        QCOMPARE(manager_->subgroup, QString("/supervisor"));
        QCOMPARE(manager_->pids, QList<uint>{4711});
        manager_->refusal = "there is no such group";
        const auto refused = start(request(), "/supervisor");
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::system);
        QVERIFY(refused.error().message().find("no such group") != std::string::npos);
    }
    void record_of_a_scope_is_read() {
        const std::filesystem::path folder = folder_.path().toStdString();
        QCOMPARE(recorded_scope(folder), std::string());
        for (const auto& [text, wanted] :
             {std::pair("/system.slice/isolab.scope\n", "/system.slice/isolab.scope"), std::pair("relative\n", ""),
              std::pair("/a/../../b\n", ""), std::pair("/\n", ""), std::pair("", "")}) {
            QVERIFY(write_file_atomically(folder / scope_record, text));
            QCOMPARE(recorded_scope(folder), std::string(wanted));
        }
    }
    void failed_job_is_an_error() {
        manager_->job_result = "failed";
        const auto started = start(request());
        QVERIFY(!started);
        QVERIFY(started.error().message().find("\"failed\"") != std::string::npos);
    }
    void silence_ends_after_a_while() {
        manager_->job_result.clear();
        const auto begun = std::chrono::steady_clock::now();
        ScopeRequest hasty = request();
        hasty.patience = std::chrono::seconds(2);
        const auto started = start(hasty);
        QVERIFY(!started);
        QCOMPARE(started.error().kind, ErrorKind::timeout);
        QVERIFY(std::chrono::steady_clock::now() - begun < test::patience);
    }
    void missing_bus_is_told() {
        ScopeRequest nowhere = request();
        nowhere.address = "unix:path=" + folder_.filePath("nothing").toStdString();
        const auto started = start(nowhere);
        QVERIFY(!started);
        QCOMPARE(started.error().kind, ErrorKind::unavailable);
        QVERIFY(started.error().message().find("nothing") != std::string::npos);
    }
    void presence_and_address_are_found() {
        QVERIFY(systemd_manages(folder_.path().toStdString()));
        QVERIFY(!systemd_manages(folder_.filePath("bus").toStdString())); // no directory
        QCOMPARE(default_bus_address(true, "/run/user/5"), std::string("unix:path=/run/dbus/system_bus_socket"));
        QCOMPARE(default_bus_address(false, "/run/user/5"), std::string("unix:path=/run/user/5/bus"));
    }
};

ISOLAB_TEST(SystemdScopeTest)
#include "systemd_scope_test.moc"
