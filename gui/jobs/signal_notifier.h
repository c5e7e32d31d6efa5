// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QObject>

class QSocketNotifier;

namespace isolab {

/// Turns SIGINT, SIGTERM and SIGHUP into a Qt signal, so that Ctrl-C closes the window as its own button does.
/// One per process; a second signal of the same kind has its ordinary effect (it ends the program at once).
class SignalNotifier : public QObject {
    Q_OBJECT
  public:
    explicit SignalNotifier(QObject* parent = nullptr);
    ~SignalNotifier() override;

  Q_SIGNALS:
    void interrupted();

  private:
    QSocketNotifier* notifier_;
};

} // namespace isolab
