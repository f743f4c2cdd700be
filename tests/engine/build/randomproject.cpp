// SPDX-License-Identifier: GPL-3.0-or-later
#include "randomproject.h"

#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QFile>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace BuildFixture {

RandomProject::RandomProject(quint32 seed, QString folder) : m_random(seed), m_folder(std::move(folder))
{
    makeContext();
    m_triggerBase = makeTriggerBase();
    const int stages = 1 + below(4);
    for (int number = 0; number < stages; ++number)
        m_stages += makeStage(number);
    m_earlier = m_stages;
}

QByteArray RandomProject::word()
{
    return "w" + QByteArray::number(++m_counter) + 'x' + QByteArray::number(below(1000));
}

void RandomProject::writeFile(const QString &name, const QByteArray &content) const
{
    QDir().mkpath(QFileInfo(path(name)).path());
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("%s: %s", qPrintable(file.fileName()), qPrintable(file.errorString()));
}

void RandomProject::makeContext()
{
    QDir(m_folder).removeRecursively();
    QDir().mkpath(m_folder);
    // What the lines below name exists always; everything else comes and goes.
    for (const char *name : {"src/kept", "src/deep/kept", "lib/kept.txt", "docs/kept", "unused/kept"})
        writeFile(QString::fromLatin1(name), word());
    for (int i = 0; i < 12; ++i)
        writeFile(QString::fromLatin1(pick(QByteArrayList{"src/", "src/deep/", "lib/", "docs/", ""})) + QString::fromLatin1(word()), word().repeated(below(50)));
    ::symlink("kept", QFile::encodeName(path(u"src/link"_s)).constData());
}

QByteArray RandomProject::makeTriggerBase()
{
    QByteArray text = "FROM busybox\nLABEL base=" + word() + "\n";
    if (chance(50))
        text += "COPY <<EOF /base\n" + word() + "\nEOF\n";
    text += "ONBUILD COPY docs/kept /triggered\n";
    if (chance(50))
        text += "ONBUILD ENV TRIGGERED=" + word() + "\n";
    return text;
}

RandomProject::Stage RandomProject::makeStage(int number)
{
    Stage stage;
    stage.name = "s" + QByteArray::number(number);
    const int kind = below(10);
    if (kind < 3 && number > 0) {
        const int base = below(number);
        stage.base = m_stages[base].name;
        stage.hasShell = m_stages[base].hasShell;
    } else if (kind == 3) {
        stage.base = "scratch";
        stage.hasShell = false;
    } else {
        stage.base = kind < 6 ? "triggers" : "busybox";
    }
    stage.lines += "COPY <<EOF /marker\n" + word() + "\nEOF";
    for (int i = 2 + below(6); i > 0; --i)
        stage.lines += makeLine(number, stage.hasShell);
    return stage;
}

QByteArray RandomProject::makeLine(int stage, bool hasShell)
{
    const int kind = below(100);
    if (kind < 6 && hasShell)
        return makeRun(stage);
    return kind < 55 ? makeCopy(stage, hasShell) : makeConfigLine();
}

QByteArray RandomProject::makeConfigLine()
{
    switch (below(16)) {
    case 0: return "ENV E" + QByteArray::number(below(3)) + '=' + word();
    case 1: return "ARG A" + QByteArray::number(below(3)) + '=' + word();
    case 2: return "ARG A" + QByteArray::number(below(3));
    case 3: return "WORKDIR /w/" + pick(QByteArrayList{"a", "b", "$E0", "${A1:-c}"});
    case 4: return "USER " + pick(QByteArrayList{"root", "web", "33:44"});
    case 5: return "EXPOSE " + QByteArray::number(1000 + below(50)) + pick(QByteArrayList{"", "/udp"});
    case 6: return "VOLUME /v" + QByteArray::number(below(5));
    case 7: return "STOPSIGNAL " + pick(QByteArrayList{"SIGQUIT", "SIGTERM", "9"});
    case 8: return "HEALTHCHECK --interval=" + QByteArray::number(1 + below(60)) + "s CMD true";
    case 9: return "CMD [\"" + word() + "\"]";
    case 10: return "ENTRYPOINT [\"/bin/busybox\", \"" + word() + "\"]";
    case 11: return "SHELL [\"/bin/sh\", \"" + pick(QByteArrayList{"-ec", "-c", "-uc"}) + "\"]";
    case 12: return "ONBUILD LABEL onbuild=" + word();
    case 13: return "MAINTAINER " + word();
    default: return "LABEL l" + QByteArray::number(below(4)) + "=" + word() + "-$A0";
    }
}

QByteArray RandomProject::makeCopy(int stage, bool hasShell)
{
    const QByteArray destination = pick(QByteArrayList{"/c/", "/d/", "/e/$E1/", "/f/${A2:-g}/", "rel/", "/deep/er/"});
    QByteArray flags;
    if (chance(15))
        flags += " --chown=" + pick(hasShell ? QByteArrayList{"33", "web", "1:2"} : QByteArrayList{"33", "1:2"}); // who web is /etc/passwd says
    if (chance(15))
        flags += " --chmod=" + pick(QByteArrayList{"600", "0755", "640"});
    if (stage > 0 && chance(25)) {
        const int from = below(stage);
        return "COPY" + flags + " --from=" + (chance(50) ? m_stages[from].name : QByteArray::number(from)) + " /marker " + destination;
    }
    if (chance(15))
        return "COPY" + flags + " <<A <<\"B\" " + destination + "\n" + word() + " $E0\nA\n" + word() + " $E0\nB";
    if (chance(15))
        flags += " --exclude=" + pick(QByteArrayList{"w*", "*.txt", "deep"});
    const QByteArray sources = pick(QByteArrayList{"src", "src/*", "src/k?pt", "lib docs", "lib/*.txt", "docs/", ".", "src/deep", "src/[a-k]*", "./docs/../lib/kept.txt", "src/link"});
    return pick(QByteArrayList{"COPY", "COPY", "COPY", "ADD"}) + flags + ' ' + sources + ' ' + destination;
}

QByteArray RandomProject::makeRun(int stage)
{
    switch (below(stage > 0 ? 6 : 5)) {
    case 0: return "RUN --mount=type=bind,source=src,target=/m cd /m && busybox find . -type f | busybox sort > /tmp/" + word();
    case 1: return "RUN <<EOF\necho $E0 $A0 > /tmp/" + word() + "\nEOF";
    case 2: return "RUN --mount=type=cache,target=/cache true " + word();
    case 3: return "RUN --network=none [\"/bin/busybox\", \"touch\", \"-d\", \"@0\", \"/tmp/" + word() + "\"]";
    case 4: return "RUN echo \"$E1\" > /tmp/" + word();
    default: return "RUN --mount=from=" + m_stages[below(stage)].name + ",target=/m cat /m/marker > /tmp/" + word();
    }
}

QStringList RandomProject::files() const
{
    QStringList found;
    QDirIterator all(m_folder, QDir::Files | QDir::Hidden | QDir::System, QDirIterator::Subdirectories);
    while (all.hasNext()) {
        const QString name = all.next().mid(m_folder.size() + 1);
        if (name != ".dockerignore"_L1 && !QFileInfo(path(name)).isSymLink())
            found += name;
    }
    found.sort(); // the file system's order is nobody's seed
    return found;
}

RandomProject::Edit RandomProject::edit()
{
    const int kind = below(100);
    return kind < 45 ? editContext() : kind < 85 ? editDockerfile() : editRequest();
}

RandomProject::Edit RandomProject::editContext()
{
    const QString file = pick(files());
    const QByteArray name = QFile::encodeName(path(file));
    const bool isKept = file.endsWith("kept"_L1) || file.endsWith("kept.txt"_L1);
    switch (below(14)) {
    case 0: case 1: case 2:
        writeFile(file, word());
        return {u"other bytes in "_s + file};
    case 3: { // in place, of the same size
        QFile same(path(file));
        if (!same.open(QIODevice::ReadWrite))
            qFatal("%s", qPrintable(same.errorString()));
        QByteArray bytes = same.readAll();
        if (!bytes.isEmpty())
            bytes[0] = char('A' + below(26));
        same.seek(0);
        same.write(bytes);
        return {u"same size in "_s + file};
    }
    case 4:
        ::chmod(name.constData(), mode_t(pick(QList<int>{0644, 0600, 0755, 04755, 0444})));
        return {u"mode of "_s + file};
    case 5: // what COPY makes belongs to root whatever it belonged to
        if (::geteuid() == 0)
            (void)::chown(name.constData(), uid_t(below(100)), gid_t(below(100)));
        return {u"owner of "_s + file, Effect::Nothing};
    case 6: {
        const timespec times[2]{{below(1'000'000), 0}, {below(1'000'000'000), 0}};
        ::utimensat(AT_FDCWD, name.constData(), times, 0);
        return {u"time of "_s + file, Effect::Nothing};
    }
    case 7: {
        const QByteArray value = word();
        ::setxattr(name.constData(), "user.slipway", value.constData(), size_t(value.size()), 0);
        return {u"attribute of "_s + file};
    }
    case 8: case 9: {
        const QString fresh = QString::fromLatin1(pick(QByteArrayList{"src/", "src/deep/", "lib/", "docs/", "new/", "unused/"}) + word() + pick(QByteArrayList{"", ".txt"}));
        writeFile(fresh, word());
        return {u"new "_s + fresh};
    }
    case 10:
        if (isKept)
            return {u"nothing"_s, Effect::Nothing};
        QFile::remove(path(file));
        return {u"removed "_s + file};
    case 11: {
        if (isKept)
            return {u"nothing"_s, Effect::Nothing};
        const QString renamed = QFileInfo(file).path() + u'/' + QString::fromLatin1(word());
        QFile::rename(path(file), path(renamed));
        return {u"renamed "_s + file + u" to "_s + renamed};
    }
    case 12: {
        const QString folder = u"src/empty%1"_s.arg(below(3));
        if (!QDir().rmdir(path(folder)))
            QDir().mkdir(path(folder));
        return {u"empty folder "_s + folder};
    }
    default: {
        const QByteArray link = QFile::encodeName(path(u"src/link"_s));
        ::unlink(link.constData());
        ::symlink(pick(QByteArrayList{"kept", "deep/kept", "../docs/kept"}).constData(), link.constData());
        return {u"link src/link"_s};
    }
    }
}

RandomProject::Edit RandomProject::editDockerfile()
{
    const int number = below(int(m_stages.size()));
    Stage &stage = m_stages[number];
    const int line = 1 + below(int(stage.lines.size())); // never the marker
    const int kind = below(12);
    if (kind != 8)
        m_earlier = m_stages;
    switch (kind) {
    case 0: case 1: case 2: case 3:
        stage.lines.insert(line, makeLine(number, stage.hasShell));
        return {u"inserted "_s + QString::fromUtf8(stage.lines[line])};
    case 4: case 5:
        if (line < stage.lines.size() && stage.lines.size() > 3)
            stage.lines.removeAt(line);
        return {u"removed a line"_s};
    case 6: case 7:
        if (line < stage.lines.size())
            stage.lines[line] = makeLine(number, stage.hasShell);
        return {u"another line"_s};
    case 8:
        std::swap(m_stages, m_earlier);
        return {u"back"_s};
    case 9:
        stage.lines[0] = "COPY <<EOF /marker\n" + word() + "\nEOF";
        return {u"another marker in "_s + QString::fromUtf8(stage.name)};
    case 10:
        if (line + 1 < stage.lines.size())
            stage.lines.swapItemsAt(line, line + 1);
        return {u"two lines swapped"_s};
    default:
        stage.lines.insert(line, chance(50) ? "# " + word() : "");
        return {u"a comment"_s, Effect::Nothing};
    }
}

RandomProject::Edit RandomProject::editRequest()
{
    switch (below(5)) {
    case 0:
        m_buildArgs.insert(u"A%1"_s.arg(below(3)), QString::fromLatin1(word()));
        return {u"build-arg"_s};
    case 1:
        m_buildArgs.clear();
        return {u"no build-args"_s};
    case 2:
        m_target = chance(50) ? QString() : QString::fromLatin1(pick(m_stages).name);
        return {u"target "_s + m_target};
    case 3:
        m_triggerBase = makeTriggerBase();
        return {u"another base image"_s};
    default: {
        QByteArray patterns;
        for (int i = below(3); i > 0; --i)
            patterns += pick(QByteArrayList{"**/w*", "unused", "new", "src/deep/w*", "docs/w*", "!docs/w1*", "docs", "*.log", "lib/*x1*"}) + '\n';
        writeFile(u".dockerignore"_s, patterns);
        return {u".dockerignore"_s};
    }
    }
}

QByteArray RandomProject::dockerfile() const
{
    QByteArray text = "ARG A0=global\n";
    for (const Stage &stage : m_stages)
        text += "FROM " + stage.base + " AS " + stage.name + '\n' + stage.lines.join('\n') + '\n';
    return text;
}

Engine::BuildRequest RandomProject::request() const
{
    Engine::BuildRequest request;
    request.contextDir = m_folder;
    request.dockerfileText = QString::fromUtf8(dockerfile());
    request.buildArgs = m_buildArgs;
    request.target = m_target;
    return request;
}

} // namespace BuildFixture
