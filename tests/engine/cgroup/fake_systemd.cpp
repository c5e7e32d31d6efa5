// SPDX-License-Identifier: GPL-3.0-or-later
//
// fake_systemd ADDRESS GROUP UID: does on a bus what systemd does about delegated scopes, with real cgroup2 groups
// below the directory GROUP that then belong to the user UID. For machines of tests, in which it is root.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "tests/engine/cgroup/systemd_types.h"

#include <QCoreApplication>
#include <QtDBus>

namespace fs = std::filesystem;

namespace {

bool write_text(const fs::path& file, const std::string& text) {
    std::ofstream stream(file);
    stream << text;
    return static_cast<bool>(stream.flush());
}

bool is_populated(const fs::path& group) {
    std::ifstream events(group / "cgroup.events");
    for (std::string name, value; events >> name >> value;)
        if (name == "populated")
            return value == "1";
    return false;
}

/// Groups are removed from the leaves up; their files go along.
void remove_groups(const fs::path& group) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(group, failed))
        if (entry.is_directory())
            remove_groups(entry.path());
    ::rmdir(group.c_str());
}

class Manager : public QObject, protected QDBusContext {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.systemd1.Manager")
  public:
    Manager(fs::path parent, uid_t owner) : parent_(std::move(parent)), owner_(owner) {}

  public slots:
    QDBusObjectPath StartTransientUnit(const QString& name, const QString& /*mode*/, const QList<UnitProperty>& given,
                                       const QList<AuxiliaryUnit>& /*auxiliary*/) {
        const fs::path group = parent_ / name.toStdString();
        if (is_populated(group)) {
            sendErrorReply("org.freedesktop.systemd1.UnitExists", "Unit " + name + " was already loaded.");
            return {};
        }
        remove_groups(group); // it has ended
        fs::create_directory(group);
        for (const char* file : {"", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"})
            (void)!::chown((group / file).c_str(), owner_, owner_);
        for (const UnitProperty& one : given)
            if (one.name == "PIDs") {
                QList<uint> pids;
                one.value.variant().value<QDBusArgument>() >> pids;
                for (const uint pid : pids)
                    write_text(group / "cgroup.procs", std::to_string(pid));
            }
        const QDBusObjectPath job("/org/freedesktop/systemd1/job/1");
        emit JobRemoved(1, job, name, "done");
        return job;
    }
    void AttachProcessesToUnit(const QString& name, const QString& subgroup, const QList<uint>& pids) {
        for (const uint pid : pids)
            if (!write_text(parent_ / name.toStdString() / subgroup.mid(1).toStdString() / "cgroup.procs",
                            std::to_string(pid)))
                sendErrorReply("org.freedesktop.DBus.Error.Failed", "there is no such group");
    }
  signals:
    void JobRemoved(uint id, const QDBusObjectPath& job, const QString& name, const QString& result);

  private:
    fs::path parent_;
    uid_t owner_;
};

} // namespace

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    if (argc != 4)
        return 2;
    register_systemd_types();
    auto bus = QDBusConnection::connectToBus(argv[1], "manager");
    Manager manager(argv[2], static_cast<uid_t>(std::atoi(argv[3]))); // NOLINT(cert-err34-c)
    const auto all = QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals;
    if (!bus.isConnected() || !bus.registerObject("/org/freedesktop/systemd1", &manager, all) ||
        !bus.registerService("org.freedesktop.systemd1")) {
        qCritical("%s", qPrintable(bus.lastError().message()));
        return 1;
    }
    return QCoreApplication::exec();
}

#include "fake_systemd.moc"
