// SPDX-License-Identifier: GPL-3.0-or-later
#include "errors/errortext.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QStringList>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::ErrorCode;

namespace {

struct Wording {
    Q_DECLARE_TR_FUNCTIONS(Gui::Errors)

public:
    static QString title(ErrorCode code);
    static QString remedy(ErrorCode code);
    static QString exitCode(int code);
};

QString Wording::title(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Cancelled: return tr("Cancelled");
    case ErrorCode::NotFound: return tr("Not found");
    case ErrorCode::AlreadyExists: return tr("The name is taken");
    case ErrorCode::InvalidInput: return tr("This does not work as written");
    case ErrorCode::PermissionDenied: return tr("Permission denied");
    case ErrorCode::Unauthenticated: return tr("The registry asks who you are");
    case ErrorCode::Unreachable: return tr("No answer");
    case ErrorCode::TimedOut: return tr("It took too long");
    case ErrorCode::Corrupt: return tr("The data is damaged");
    case ErrorCode::NoSpace: return tr("No space left");
    case ErrorCode::InUse: return tr("Still in use");
    case ErrorCode::Unsupported: return tr("Not supported");
    case ErrorCode::MissingPart: return tr("Something is missing on this computer");
    case ErrorCode::CommandFailed: return tr("A command failed");
    case ErrorCode::Io: return tr("The system reported an error");
    }
    return {};
}

// where the engine has no advice of its own
QString Wording::remedy(ErrorCode code)
{
    switch (code) {
    case ErrorCode::NotFound: return tr("Check the spelling, or pull the image first.");
    case ErrorCode::AlreadyExists: return tr("Choose another name, or remove the one that has it.");
    case ErrorCode::Unreachable: return tr("Check the network and the registry's address, then try again.");
    case ErrorCode::NoSpace: return tr("Remove images or containers you no longer need, then try again.");
    case ErrorCode::InUse: return tr("Stop or remove what uses it first.");
    case ErrorCode::Corrupt: return tr("Try again; if it stays, fetch it from another place.");
    default: return {};
    }
}

QString Wording::exitCode(int code)
{
    switch (code) {
    case 0: return tr("It ended normally.");
    case 1: return tr("The program reported an error.");
    case 125: return tr("The container could not be set up.");
    case 126: return tr("The command was found but cannot be executed.");
    case 127: return tr("The command was not found in the image.");
    case 130: return tr("It was interrupted (Ctrl+C, SIGINT).");
    case 137: return tr("It was killed (SIGKILL), by hand or for want of memory.");
    case 139: return tr("It crashed: invalid memory access (SIGSEGV).");
    case 143: return tr("It was asked to end and did (SIGTERM).");
    default: return code > 128 ? tr("It was ended by signal %1.").arg(code - 128) : tr("The program reported an error.");
    }
}

// "a command stands alone on its own line" (engine/result.h)
std::pair<QString, QString> splitCommand(const QString &remedy)
{
    static const QRegularExpression commandLine(u"^(sudo |apt |apt-get |slipway |echo |systemctl |sysctl |usermod |mkdir |chmod |crun |loginctl )"_s);
    QStringList words, commands;
    const QStringList lines = remedy.split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : lines) {
        const QString trimmed = line.trimmed();
        (commandLine.match(trimmed).hasMatch() ? commands : words).append(trimmed);
    }
    return {words.join(u' '), commands.join(u'\n')};
}

QString asSentence(QString text)
{
    if (text.isEmpty())
        return text;
    // an address, a path or a name keeps its letters
    static const QRegularExpression word(u"^\\p{Ll}+['’]?\\p{Ll}*(?=[ ,;.]|$)"_s);
    if (word.match(text).hasMatch())
        text[0] = text[0].toUpper();
    return text.endsWith(u'.') || text.endsWith(u'?') || text.endsWith(u'!') || text.endsWith(u':') ? text : text + u'.';
}

} // namespace

ErrorText errorText(const Engine::Error &error)
{
    ErrorText text;
    text.title = Wording::title(error.code);
    text.sentence = asSentence(error.detail.isEmpty() ? text.title : error.detail);
    const auto [words, command] = splitCommand(error.remedy);
    text.remedy = asSentence(words.isEmpty() && command.isEmpty() ? Wording::remedy(error.code) : words);
    text.command = command;
    QStringList details = {error.detail};
    if (!error.where.isEmpty())
        details += error.where;
    if (error.sysErrno != 0)
        details += u"errno %1"_s.arg(error.sysErrno);
    if (error.exitCode != 0)
        details += u"exit code %1"_s.arg(error.exitCode);
    text.details = details.join(u'\n');
    return text;
}

QString exitCodeText(int exitCode)
{
    return Wording::exitCode(exitCode);
}

} // namespace Gui
