// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/signals_p.h"

#include <array>
#include <csignal>
#include <optional>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

struct SignalName {
    const char *name;
    int number;
};
constexpr std::array signalNames = {
    SignalName{"HUP", SIGHUP},       SignalName{"INT", SIGINT},       SignalName{"QUIT", SIGQUIT},   SignalName{"ILL", SIGILL},
    SignalName{"TRAP", SIGTRAP},     SignalName{"ABRT", SIGABRT},     SignalName{"IOT", SIGABRT},    SignalName{"BUS", SIGBUS},
    SignalName{"FPE", SIGFPE},       SignalName{"KILL", SIGKILL},     SignalName{"USR1", SIGUSR1},   SignalName{"SEGV", SIGSEGV},
    SignalName{"USR2", SIGUSR2},     SignalName{"PIPE", SIGPIPE},     SignalName{"ALRM", SIGALRM},   SignalName{"TERM", SIGTERM},
    SignalName{"STKFLT", SIGSTKFLT}, SignalName{"CHLD", SIGCHLD},     SignalName{"CLD", SIGCHLD},    SignalName{"CONT", SIGCONT},
    SignalName{"STOP", SIGSTOP},     SignalName{"TSTP", SIGTSTP},     SignalName{"TTIN", SIGTTIN},   SignalName{"TTOU", SIGTTOU},
    SignalName{"URG", SIGURG},       SignalName{"XCPU", SIGXCPU},     SignalName{"XFSZ", SIGXFSZ},   SignalName{"VTALRM", SIGVTALRM},
    SignalName{"PROF", SIGPROF},     SignalName{"WINCH", SIGWINCH},   SignalName{"IO", SIGIO},       SignalName{"POLL", SIGIO},
    SignalName{"PWR", SIGPWR},       SignalName{"SYS", SIGSYS},
};

//! "RTMIN", "RTMIN+n", "RTMAX", "RTMAX-n" as glibc numbers them: 34…64.
std::optional<int> realtimeSignal(const QString &name)
{
    const bool fromMin = name.startsWith("RTMIN"_L1);
    if (!fromMin && !name.startsWith("RTMAX"_L1))
        return {};
    const int base = fromMin ? SIGRTMIN : SIGRTMAX;
    const QString rest = name.mid(5);
    if (rest.isEmpty())
        return base;
    bool ok = false;
    const int offset = rest.mid(1).toInt(&ok);
    if (!ok || rest[0] != (fromMin ? u'+' : u'-') || offset < 0 || offset > SIGRTMAX - SIGRTMIN)
        return {};
    return fromMin ? base + offset : base - offset;
}

} // namespace

Result<int> parseSignal(const QString &name)
{
    QString wanted = name.trimmed().toUpper();
    bool isNumber = false;
    const int number = wanted.toInt(&isNumber);
    if (isNumber && number > 0 && number <= SIGRTMAX)
        return number;
    if (wanted.startsWith("SIG"_L1))
        wanted.remove(0, 3);
    for (const SignalName &known : signalNames) {
        if (wanted == QLatin1StringView(known.name))
            return known.number;
    }
    if (const auto realtime = realtimeSignal(wanted))
        return *realtime;
    return Failure(Error{.code = ErrorCode::InvalidInput, .object = name, .detail = u"Invalid signal: %1"_s.arg(name),
                         .remedy = u"Use a name such as TERM or a number from 1 to 64"_s});
}

} // namespace Engine::Internal
