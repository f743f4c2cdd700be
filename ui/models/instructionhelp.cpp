// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/instructionhelp.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Gui {

namespace {

// Marked here, translated when asked for: the language is known only at run time.
const QHash<QString, const char *> &helpSources()
{
    static const QHash<QString, const char *> sources{
        {u"FROM"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Sets the base image the new image is built upon; its layers are shared, not copied.")},
        {u"RUN"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Runs a command while the image is built and keeps what it writes as a new layer above the current image.")},
        {u"COPY"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Copies files or folders of the build context into a new layer.")},
        {u"ADD"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Like COPY, but also unpacks archives and fetches addresses; prefer COPY where it is enough.")},
        {u"ENV"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Sets environment variables for the steps below and for the container; changes metadata only, no layer.")},
        {u"ARG"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Declares a variable that exists only while building; its value comes from the build’s arguments.")},
        {u"LABEL"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Attaches metadata to the image, such as its author or licence.")},
        {u"WORKDIR"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Sets the working directory in the container; if it does not exist, it is created.")},
        {u"EXPOSE"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Tells which network ports the container listens on; it publishes nothing by itself.")},
        {u"USER"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Sets the user for the steps below and for the container: not being root limits what a mistake can damage.")},
        {u"CMD"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Sets the command a container runs by default; arguments given when running replace it.")},
        {u"ENTRYPOINT"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Sets the command a container always runs; arguments given when running are added to it instead of replacing it.")},
        {u"VOLUME"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Marks a folder whose data is kept outside the container’s layers.")},
        {u"HEALTHCHECK"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Says how to find out whether a running container still works.")},
        {u"SHELL"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Chooses the shell for commands written in the shell form.")},
        {u"STOPSIGNAL"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Chooses the signal that asks the container to stop.")},
        {u"ONBUILD"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Keeps an instruction for later: it runs when another image is built from this one.")},
        {u"MAINTAINER"_s, QT_TRANSLATE_NOOP("InstructionHelp", "Names the author; outdated, write a LABEL instead.")},
    };
    return sources;
}

} // namespace

QString instructionHelp(const QString &instruction)
{
    const char *source = helpSources().value(instruction);
    return source ? QCoreApplication::translate("InstructionHelp", source) : QString();
}

QString instructionOfLine(QStringView line)
{
    line = line.trimmed();
    const auto end = std::find_if(line.begin(), line.end(), [](QChar c) { return c.isSpace(); });
    const QString word = line.left(end - line.begin()).toString().toUpper(); // Dockerfile words ignore case
    return helpSources().contains(word) ? word : QString();
}

} // namespace Gui
