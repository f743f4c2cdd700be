// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/steprecord_p.h"

#include <QtCore/QDataStream>
#include <QtCore/QIODevice>

#include <algorithm>
#include <vector>

namespace Engine::Internal {

namespace {

constexpr quint32 recordMagic = 0x534c5232;     // "SLR2"
constexpr qsizetype maxTableCells = 4'000'000;  // 16 MB: beyond that only what is the same at both ends is aligned

bool isSameLine(const StepRecord &one, const StepRecord &other)
{
    return one.original == other.original && one.body == other.body;
}

//! Longest common subsequence of the lines in [begin, end) of both, written into \p aligned.
void alignMiddle(const QList<StepRecord> &before, const QList<StepRecord> &now, qsizetype begin, qsizetype beforeEnd, qsizetype nowEnd, QList<int> *aligned)
{
    const qsizetype rows = nowEnd - begin;
    const qsizetype columns = beforeEnd - begin;
    if (rows <= 0 || columns <= 0 || rows > maxTableCells / columns)
        return;
    std::vector<int> lengths(size_t((rows + 1) * (columns + 1)), 0);
    const auto length = [&](qsizetype row, qsizetype column) -> int & { return lengths[size_t(row * (columns + 1) + column)]; };
    for (qsizetype row = rows - 1; row >= 0; --row) {
        for (qsizetype column = columns - 1; column >= 0; --column) {
            length(row, column) = isSameLine(now[begin + row], before[begin + column]) ? length(row + 1, column + 1) + 1
                                                                                     : std::max(length(row + 1, column), length(row, column + 1));
        }
    }
    for (qsizetype row = 0, column = 0; row < rows && column < columns;) {
        if (isSameLine(now[begin + row], before[begin + column]))
            (*aligned)[begin + row++] = int(begin + column++);
        else if (length(row + 1, column) >= length(row, column + 1))
            ++row;
        else
            ++column;
    }
}

//! Lines that are no longer the same, between two that are: the same instruction is the same line, changed.
void alignChanged(const QList<StepRecord> &before, const QList<StepRecord> &now, QList<int> *aligned)
{
    qsizetype next = 0; // first of before that is not taken yet
    for (qsizetype i = 0; i < now.size(); ++i) {
        if ((*aligned)[i] >= 0) {
            next = (*aligned)[i] + 1;
            continue;
        }
        const auto later = std::find_if(aligned->begin() + i, aligned->end(), [](int position) { return position >= 0; });
        const qsizetype end = later == aligned->end() ? before.size() : *later;
        for (qsizetype candidate = next; candidate < end; ++candidate) {
            if (before[candidate].kind != now[i].kind)
                continue;
            (*aligned)[i] = int(candidate);
            next = candidate + 1;
            break;
        }
    }
}

} // namespace

QByteArray StepRecord::toBytes() const
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_4);
    stream << recordMagic << stage << kind << original << text << flags << variables << settings << sources << ignored << body << layerBelow << identity
           << makesLayer << wasMade;
    return bytes;
}

std::optional<StepRecord> StepRecord::fromBytes(const QByteArray &bytes)
{
    QDataStream stream(bytes);
    stream.setVersion(QDataStream::Qt_6_4);
    quint32 magic = 0;
    StepRecord record;
    stream >> magic >> record.stage >> record.kind >> record.original >> record.text >> record.flags >> record.variables >> record.settings >> record.sources
        >> record.ignored >> record.body >> record.layerBelow >> record.identity >> record.makesLayer >> record.wasMade;
    if (magic != recordMagic || stream.status() != QDataStream::Ok)
        return std::nullopt;
    return record;
}

QByteArray StepRecord::filesToBytes(const QMap<QByteArray, QByteArray> &files)
{
    if (files.isEmpty())
        return {};
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_4);
    stream << files;
    return qCompress(bytes, 1);
}

QMap<QByteArray, QByteArray> StepRecord::filesFromBytes(const QByteArray &bytes)
{
    QMap<QByteArray, QByteArray> files;
    if (bytes.isEmpty())
        return files;
    const QByteArray plain = qUncompress(bytes);
    QDataStream stream(plain);
    stream.setVersion(QDataStream::Qt_6_4);
    stream >> files;
    return files;
}

QList<int> alignedSteps(const QList<StepRecord> &before, const QList<StepRecord> &now)
{
    QList<int> aligned(now.size(), -1);
    qsizetype begin = 0;
    while (begin < std::min(before.size(), now.size()) && isSameLine(before[begin], now[begin])) {
        aligned[begin] = int(begin);
        ++begin;
    }
    qsizetype beforeEnd = before.size();
    qsizetype nowEnd = now.size();
    while (beforeEnd > begin && nowEnd > begin && isSameLine(before[beforeEnd - 1], now[nowEnd - 1]))
        aligned[--nowEnd] = int(--beforeEnd);
    alignMiddle(before, now, begin, beforeEnd, nowEnd, &aligned);
    alignChanged(before, now, &aligned);
    return aligned;
}

} // namespace Engine::Internal
