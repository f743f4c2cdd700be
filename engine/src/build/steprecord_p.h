// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QMap>
#include <QtCore/QStringList>

#include <functional>
#include <optional>

namespace Engine::Internal {

//! What a step was made from, by name: compared with the same step of the last build, it says what changed.
struct StepRecord {
    QString stage;                              //!< name of its stage, or its number
    QString kind;                               //!< "COPY"
    QString original;                           //!< as written, on one line
    QString text;                               //!< expanded
    QMap<QString, QString> flags;               //!< "chown": "33", expanded; several of one kind joined
    QMap<QString, QString> variables;           //!< all that are set before it: "ARG V" or "ENV V" to its value
    QMap<QString, QString> settings;            //!< of the instructions before it: "the working directory" to "/srv"
    QMap<QString, QString> sources;             //!< what it takes from: "stage build" or "the image debian" to a chain id
    QStringList ignored;                        //!< lines of .dockerignore, where it takes from the context
    QByteArray body;                            //!< digest of its here-documents
    QString layerBelow;                         //!< chain id
    QByteArray identity;                        //!< see PlannedStep; with layerBelow and sources, the whole key
    bool makesLayer = false;
    bool wasMade = false;                       //!< the build got here: it was in the cache or has been executed
    QMap<QByteArray, QByteArray> files;         //!< see CopyContent::entries; kept apart, because there may be many

    //! All but the files.
    [[nodiscard]] QByteArray toBytes() const;
    [[nodiscard]] static std::optional<StepRecord> fromBytes(const QByteArray &bytes);
    [[nodiscard]] static QByteArray filesToBytes(const QMap<QByteArray, QByteArray> &files);
    [[nodiscard]] static QMap<QByteArray, QByteArray> filesFromBytes(const QByteArray &bytes);
};

//! Which of \p now is which of \p before: for each entry of \p now its position in \p before, or -1. The longest common
//! subsequence first; between two that are the same, lines of one kind go together in order, as changed ones.
[[nodiscard]] QList<int> alignedSteps(const QList<StepRecord> &before, const QList<StepRecord> &now);

//! Why \p now is not in the cache, in one English sentence, as far as its own record tells; empty: nothing of it changed.
//! \p isHidden: whether .dockerignore leaves out a path of the context that is there
[[nodiscard]] QString ownCauseOfMiss(const StepRecord &before, const StepRecord &now, const std::function<bool(const QByteArray &path)> &isHidden);

//! The same for a step that is as it was: what it takes from is not.
[[nodiscard]] QString causeOfSources(const StepRecord &before, const StepRecord &now);

//! Why the layer under the step at \p position of a stage is another one than last time.
[[nodiscard]] QString causeBelow(const QList<StepRecord> &before, const QList<StepRecord> &now, const QList<int> &aligned, qsizetype position);

} // namespace Engine::Internal
