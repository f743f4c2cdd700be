// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QByteArrayList>
#include <QtCore/QElapsedTimer>
#include <QtCore/QStringList>

#include <array>
#include <csignal>
#include <vector>

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

//! A command on a terminal of its own, the way a person sits before it.
class TerminalProcess final
{
public:
    TerminalProcess(const QStringList &command, unsigned short rows, unsigned short columns)
    {
        QByteArrayList words;
        std::vector<char *> argv;
        for (const QString &word : command)
            words += word.toLocal8Bit();
        for (QByteArray &word : words)
            argv.push_back(word.data());
        argv.push_back(nullptr);
        winsize size{.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
        if (::openpty(&m_master, &m_slave, nullptr, nullptr, &size) != 0 || ::tcgetattr(m_slave, &m_before) != 0)
            return;
        m_pid = ::fork();
        if (m_pid == 0) {
            ::login_tty(m_slave);
            ::execvp(argv[0], argv.data());
            ::_exit(120);
        }
    }
    TerminalProcess(const TerminalProcess &) = delete;
    TerminalProcess &operator=(const TerminalProcess &) = delete;
    ~TerminalProcess()
    {
        if (m_pid > 0 && !m_isEnded) {
            ::kill(m_pid, SIGKILL);
            ::waitpid(m_pid, nullptr, 0);
        }
        ::close(m_master);
        ::close(m_slave);
    }

    pid_t pid() const { return m_pid; }
    const QByteArray &seen() const { return m_seen; }
    void forget() { m_seen.clear(); }
    bool type(const QByteArray &keys) const { return ::write(m_master, keys.constData(), size_t(keys.size())) == keys.size(); }

    void resize(unsigned short rows, unsigned short columns) const
    {
        const winsize size{.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
        ::ioctl(m_master, TIOCSWINSZ, &size); // the kernel sends SIGWINCH
    }

    //! Waits until \p text has appeared since the last forget().
    bool shows(const QByteArray &text, int timeoutMs = 20'000)
    {
        QElapsedTimer timer;
        timer.start();
        while (!m_seen.contains(text) && timer.elapsed() < timeoutMs)
            read(50);
        return m_seen.contains(text);
    }

    //! Types \p command until \p answer appears: what a change of size needs, which takes its way through three processes.
    bool answers(const QByteArray &command, const QByteArray &answer)
    {
        for (int attempt = 0; attempt < 40; ++attempt) {
            forget();
            if (!type(command) || shows(answer, 500))
                break;
        }
        return m_seen.contains(answer);
    }

    //! \return the exit code, 128 + N for signal N, -1 when it does not end
    int wait(int timeoutMs = 30'000)
    {
        QElapsedTimer timer;
        timer.start();
        int status = 0;
        while (timer.elapsed() < timeoutMs) {
            read(20);
            if (::waitpid(m_pid, &status, WNOHANG) != m_pid)
                continue;
            m_isEnded = true;
            read(20);
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        return -1;
    }

    //! Is the terminal in the modes it had before?
    bool isRestored() const
    {
        termios now = {};
        return ::tcgetattr(m_slave, &now) == 0 && now.c_lflag == m_before.c_lflag && now.c_iflag == m_before.c_iflag
            && now.c_oflag == m_before.c_oflag && now.c_cflag == m_before.c_cflag;
    }

private:
    void read(int timeoutMs)
    {
        pollfd ready{m_master, POLLIN, 0};
        std::array<char, 4096> buffer;
        if (::poll(&ready, 1, timeoutMs) != 1)
            return;
        const ssize_t count = ::read(m_master, buffer.data(), buffer.size());
        if (count > 0)
            m_seen.append(buffer.data(), count);
    }

    int m_master = -1;
    int m_slave = -1;
    pid_t m_pid = -1;
    bool m_isEnded = false;
    termios m_before = {};
    QByteArray m_seen;
};
