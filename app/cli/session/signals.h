// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include <memory>

class QSocketNotifier;

namespace Cli {

//! Turns signals of this process into Qt signals for as long as it lives; then they do what they did before.
//!
//! One at a time. By handlers and a pipe rather than a signal mask: children would inherit a mask.
class SignalWatcher final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SignalWatcher)

public:
    explicit SignalWatcher(const QList<int> &signalNumbers, QObject *parent = nullptr);
    ~SignalWatcher() override;

    //! What a container should get when the user signals the command line: all that can be caught, but for those that are
    //! about this process (SIGCHLD, SIGPIPE, SIGURG, SIGWINCH, job control and crashes).
    [[nodiscard]] static QList<int> forwarded();

Q_SIGNALS:
    void arrived(int signalNumber);

private:
    void drain();

    class Saved;
    std::unique_ptr<Saved> m_saved;
    QSocketNotifier *m_notifier = nullptr;
};

} // namespace Cli
