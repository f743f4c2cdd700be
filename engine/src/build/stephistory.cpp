// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/stephistory_p.h"

#include "base/try_p.h"

#include <QtCore/QDataStream>
#include <QtCore/QFile>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr quint32 recordMagic = 0x534c5231; // "SLR1"

QMap<QString, QString> asMap(const QStringList &environment)
{
    QMap<QString, QString> map;
    for (const QString &entry : environment)
        map.insert(entry.section(u'=', 0, 0), entry.section(u'=', 1));
    return map;
}

QString environmentCause(const QStringList &before, const QStringList &now)
{
    const auto old = asMap(before);
    const auto current = asMap(now);
    for (auto it = current.begin(); it != current.end(); ++it) {
        if (!old.contains(it.key()))
            return u"%1 is new in its environment"_s.arg(it.key());
        if (old[it.key()] != *it)
            return u"%1 is now %2"_s.arg(it.key(), it->isEmpty() ? u"empty"_s : it->left(60));
    }
    for (auto it = old.begin(); it != old.end(); ++it) {
        if (!current.contains(it.key()))
            return u"%1 is gone from its environment"_s.arg(it.key());
    }
    return {};
}

QString shownCount(qsizetype others)
{
    return others <= 0 ? QString() : others == 1 ? u" and one more file"_s : u" and %1 more files"_s.arg(others);
}

QString fileCause(const QMap<QByteArray, QByteArray> &before, const QMap<QByteArray, QByteArray> &now)
{
    QString first;
    qsizetype count = 0;
    const auto note = [&](const QByteArray &path, const QString &what) {
        if (count++ == 0)
            first = what.arg(path.isEmpty() ? u"the folder itself"_s : QFile::decodeName(path));
    };
    for (auto it = now.begin(); it != now.end(); ++it) {
        const auto old = before.find(it.key());
        if (old == before.end())
            note(it.key(), u"%1 is new"_s);
        else if (*old != *it)
            note(it.key(), old->mid(old->indexOf(' ')) != it->mid(it->indexOf(' ')) ? u"%1 changed"_s : u"the mode of %1 changed"_s);
    }
    for (auto it = before.begin(); it != before.end(); ++it) {
        if (!now.contains(it.key()))
            note(it.key(), u"%1 is gone"_s);
    }
    return first + shownCount(count - 1);
}

} // namespace

QByteArray StepRecord::toBytes() const
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream << recordMagic << text << layerBelow << environment << files;
    return qCompress(bytes, 1);
}

std::optional<StepRecord> StepRecord::fromBytes(const QByteArray &bytes)
{
    const QByteArray plain = qUncompress(bytes);
    QDataStream stream(plain);
    quint32 magic = 0;
    StepRecord record;
    stream >> magic >> record.text >> record.layerBelow >> record.environment >> record.files;
    if (magic != recordMagic || stream.status() != QDataStream::Ok)
        return std::nullopt;
    return record;
}

QString causeOfMiss(const std::optional<StepRecord> &before, const StepRecord &now, const QString &instruction)
{
    if (!before)
        return u"no cached result"_s;
    if (before->text != now.text)
        return u"the instruction changed"_s;
    if (const QString files = fileCause(before->files, now.files); !files.isEmpty())
        return instruction + u": "_s + files;
    if (const QString environment = environmentCause(before->environment, now.environment); !environment.isEmpty())
        return environment;
    if (before->layerBelow != now.layerBelow)
        return u"the layer below is another one than last time"_s;
    return u"no cached result any more"_s;
}

Result<std::optional<StepRecord>> lastStepRecord(Store &store, const QString &historyName, int position)
{
    std::optional<StepRecord> record;
    ENGINE_TRY(store.database().reading([&](Database &db) -> Result<void> {
        Statement query = ENGINE_TRY(db.prepare("SELECT record FROM build_history WHERE dockerfile = ? AND position = ?"));
        if (ENGINE_TRY(query.bind(1, historyName).bind(2, position).step()))
            record = StepRecord::fromBytes(query.blob(0));
        return {};
    }));
    return record;
}

Result<void> rememberStep(Store &store, const QString &historyName, const PlannedStep &step)
{
    const QByteArray bytes = step.record.toBytes();
    return store.database().transaction([&](Database &db) -> Result<void> {
        Statement insert = ENGINE_TRY(db.prepare("INSERT OR REPLACE INTO build_history (dockerfile, position, record) VALUES (?, ?, ?)"));
        return insert.bind(1, historyName).bind(2, step.position).bind(3, bytes).run();
    });
}

} // namespace Engine::Internal
