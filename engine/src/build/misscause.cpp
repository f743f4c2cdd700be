// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/steprecord_p.h"

#include "oci/patternmatcher_p.h"

#include <QtCore/QFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr int maxShownValue = 60;
constexpr int maxShownLine = 80;

QString shownValue(const QString &value)
{
    return value.isEmpty() ? u"empty"_s : value.size() > maxShownValue ? value.left(maxShownValue) + u'…' : value;
}

//! The first entry that is another one than before.
QString mapCause(const QMap<QString, QString> &before, const QMap<QString, QString> &now, const QString &prefix = {})
{
    for (auto it = now.begin(); it != now.end(); ++it) {
        const auto old = before.constFind(it.key());
        if (old == before.constEnd())
            return u"%1 is new"_s.arg(prefix + it.key());
        if (*old != *it)
            return u"%1 was %2 and is now %3"_s.arg(prefix + it.key(), shownValue(*old), shownValue(*it));
    }
    for (auto it = before.begin(); it != before.end(); ++it) {
        if (!now.contains(it.key()))
            return u"%1 is gone"_s.arg(prefix + it.key());
    }
    return {};
}

QByteArray modeOf(const QByteArray &signature)
{
    return signature.left(signature.indexOf(' '));
}

//! Permissions as chmod takes them; the type, as stat(2) has it in the same number, is not for people.
QString shownMode(const QByteArray &signature)
{
    return QString::number(modeOf(signature).toUInt(nullptr, 8) & 07777, 8);
}

QString changeOf(const QByteArray &before, const QByteArray &now)
{
    const auto field = [](const QByteArray &signature, int number) { return signature.split(' ').value(number); };
    const bool sameType = (modeOf(before).toUInt(nullptr, 8) & ~07777U) == (modeOf(now).toUInt(nullptr, 8) & ~07777U);
    if (!sameType || field(before, 1) != field(now, 1))
        return u"%1 changed"_s;
    if (modeOf(before) != modeOf(now))
        return u"the mode of %1 was "_s + shownMode(before) + u" and is now "_s + shownMode(now);
    return u"the extended attributes of %1 changed"_s;
}

bool isIgnored(const QStringList &patterns, const QByteArray &path)
{
    const auto matcher = PatternMatcher::create(patterns);
    return matcher && matcher->matches(QFile::decodeName(path));
}

QString fileCause(const StepRecord &before, const StepRecord &now, const std::function<bool(const QByteArray &)> &isHidden)
{
    QString first;
    qsizetype count = 0;
    const auto note = [&](const QByteArray &path, const QString &what) {
        if (count++ == 0)
            first = what.arg(path.isEmpty() ? u"the folder itself"_s : QFile::decodeName(path));
    };
    const bool otherRules = before.ignored != now.ignored;
    for (auto it = now.files.begin(); it != now.files.end(); ++it) {
        const auto old = before.files.find(it.key());
        if (old == before.files.end())
            note(it.key(), otherRules && isIgnored(before.ignored, it.key()) ? u".dockerignore no longer leaves out %1"_s : u"%1 is new"_s);
        else if (*old != *it)
            note(it.key(), changeOf(*old, *it));
    }
    for (auto it = before.files.begin(); it != before.files.end(); ++it) {
        if (!now.files.contains(it.key()))
            note(it.key(), otherRules && isHidden(it.key()) ? u".dockerignore now leaves out %1"_s : u"%1 is gone"_s);
    }
    if (count <= 1)
        return first;
    return first + (count == 2 ? u" and one more file"_s : u" and %1 more files"_s.arg(count - 1));
}

QString shownLine(const QString &line)
{
    return line.size() > maxShownLine ? line.left(maxShownLine) + u'…' : line;
}

//! The line as such: one of its flags, or all of it.
QString lineCause(const StepRecord &before, const StepRecord &now)
{
    if (before.original == now.original && before.body == now.body)
        return {};
    const auto withoutFlags = [](const StepRecord &record) {
        QStringList words = record.original.split(u' ', Qt::SkipEmptyParts);
        words.removeIf([](const QString &word) { return word.startsWith("--"_L1); });
        return words;
    };
    if (before.body == now.body && withoutFlags(before) == withoutFlags(now)) {
        if (const QString flag = mapCause(before.flags, now.flags, u"--"_s); !flag.isEmpty())
            return flag;
    }
    if (before.original == now.original)
        return u"its here-document changed"_s;
    return u"the instruction changed, it was: %1"_s.arg(shownLine(before.original));
}

} // namespace

// That it is another one is worth saying, its digest is not.
QString causeOfSources(const StepRecord &before, const StepRecord &now)
{
    for (auto it = now.sources.begin(); it != now.sources.end(); ++it) {
        const auto old = before.sources.constFind(it.key());
        if (old != before.sources.constEnd() && *old != *it)
            return u"%1 is another one than last time"_s.arg(it.key());
    }
    return {};
}

QString ownCauseOfMiss(const StepRecord &before, const StepRecord &now, const std::function<bool(const QByteArray &path)> &isHidden)
{
    if (const QString line = lineCause(before, now); !line.isEmpty() && (before.text != now.text || before.body != now.body || before.flags != now.flags))
        return line;
    // Only what the step depends on: RUN sees every variable, the others those that change what they say.
    if (now.kind == "RUN"_L1 || before.text != now.text || !now.body.isEmpty()) {
        if (const QString variable = mapCause(before.variables, now.variables); !variable.isEmpty())
            return variable;
    }
    if (const QString files = fileCause(before, now, isHidden); !files.isEmpty())
        return now.kind + u": "_s + files;
    if (const QString setting = mapCause(before.settings, now.settings); !setting.isEmpty())
        return setting;
    return causeOfSources(before, now);
}

QString causeBelow(const QList<StepRecord> &before, const QList<StepRecord> &now, const QList<int> &aligned, qsizetype position)
{
    const int counterpart = aligned[position];
    // From the step upwards: the nearest line that explains it.
    for (qsizetype i = position - 1; i >= 0; --i) {
        if (!now[i].makesLayer && now[i].kind != "FROM"_L1)
            continue;
        if (aligned[i] < 0)
            return u"a line above is new: %1"_s.arg(shownLine(now[i].original));
        const StepRecord &old = before[aligned[i]];
        if (old.identity == now[i].identity) {
            if (const QString source = causeOfSources(old, now[i]); !source.isEmpty())
                return source;
        } else
            return u"a line above changed: %1"_s.arg(shownLine(now[i].original));
    }
    for (int i = 0; i < counterpart; ++i) {
        if (before[i].makesLayer && !aligned.contains(i))
            return u"a line above is gone: %1"_s.arg(shownLine(before[i].original));
    }
    return u"the layer below is another one than last time"_s;
}

} // namespace Engine::Internal
