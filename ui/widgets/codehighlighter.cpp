// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/codehighlighter.h"

#include "widgets/theme.h"

#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Repository>
#include <KSyntaxHighlighting/SyntaxHighlighter>
#include <KSyntaxHighlighting/Theme>

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <dlfcn.h>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {

//! The folder of definitions that stands in for those Debian 12's library has not built in; empty where there is none, as on Debian 13.
//! It is found from where this library lies, installed or in its build folder, so that nothing absolute is compiled in.
QString definitionsFolder()
{
    static const char anchor = 0;
    Dl_info library{};
    if (::dladdr(&anchor, &library) == 0)
        return {};
    const QDir folder = QFileInfo(QFile::decodeName(library.dli_fname)).absoluteDir();
    for (const auto &relative : {u"" SLIPWAY_DATA_FROM_LIBRARY "/ksyntax"_s, u"../ksyntax"_s}) {
        if (const QString path = QDir::cleanPath(folder.filePath(relative)); QFileInfo::exists(path))
            return path;
    }
    return {};
}

//! One for the process: it reads the meta data of 358 definitions.
KSyntaxHighlighting::Repository &repository()
{
    static KSyntaxHighlighting::Repository repo;
    static const bool prepared = [] {
        repo.addCustomSearchPath(u":/ksyntax"_s); // our two themes
        if (const QString folder = definitionsFolder(); !folder.isEmpty())
            repo.addCustomSearchPath(folder);
        return true;
    }();
    Q_UNUSED(prepared)
    return repo;
}

//! Names the library's own patterns miss.
QString definitionNameOf(const QString &fileName)
{
    const QString name = QFileInfo(fileName).fileName().toLower();
    if (name == "dockerfile"_L1 || name == "containerfile"_L1 || name.startsWith("dockerfile."_L1)
        || name.startsWith("containerfile."_L1) || name.endsWith(".dockerfile"_L1) || name.endsWith(".containerfile"_L1))
        return u"Dockerfile"_s;
    if (name == ".env"_L1 || name.endsWith(".env"_L1))
        return u"Bash"_s;
    return {};
}

KSyntaxHighlighting::Definition definitionOf(const QString &fileName)
{
    const QString name = definitionNameOf(fileName);
    return name.isEmpty() ? repository().definitionForFileName(fileName) : repository().definitionForName(name);
}

} // namespace

CodeHighlighter::CodeHighlighter(QTextDocument *document)
    : m_highlighter(std::make_unique<KSyntaxHighlighting::SyntaxHighlighter>(document))
{
    applyLook();
}

CodeHighlighter::~CodeHighlighter() = default;

bool CodeHighlighter::setFileName(const QString &fileName)
{
    const auto definition = definitionOf(fileName);
    m_highlighter->setDefinition(definition);
    return definition.isValid();
}

void CodeHighlighter::applyLook()
{
    using KSyntaxHighlighting::Repository;
    const bool dark = themeColors().dark;
    KSyntaxHighlighting::Theme theme = repository().theme(dark ? u"Slipway Dark"_s : u"Slipway Light"_s);
    if (!theme.isValid())
        theme = repository().defaultTheme(dark ? Repository::DarkTheme : Repository::LightTheme);
    m_highlighter->setTheme(theme);
    m_highlighter->rehighlight();
}

QString CodeHighlighter::languageOf(const QString &fileName)
{
    const auto definition = definitionOf(fileName);
    return definition.isValid() ? definition.name() : QString();
}

} // namespace Gui
