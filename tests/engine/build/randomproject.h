// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/builds.h>

#include <QtCore/QByteArrayList>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QRandomGenerator>
#include <QtCore/QString>

namespace BuildFixture {

//! A random Dockerfile with a random build context, and random edits of both. The same seed gives the same course.
class RandomProject final
{
public:
    //! \p folder: the build context; emptied and filled
    RandomProject(quint32 seed, QString folder);

    //! What an edit promises about the next build.
    enum class Effect {
        Open,       //!< whatever the plan says
        Nothing,    //!< no step may run
    };
    struct Edit {
        QString what;
        Effect effect = Effect::Open;
    };
    Edit edit();

    Engine::BuildRequest request() const;
    QByteArray dockerfile() const;
    //! The Dockerfile of the image "triggers" that stages may start from; an edit may change it.
    const QByteArray &triggerBase() const { return m_triggerBase; }

private:
    struct Stage {
        QByteArray base;
        QByteArray name;
        QByteArrayList lines;
        bool hasShell = true;   //!< RUN works in it
    };

    int below(int bound) { return int(m_random.bounded(bound)); }
    bool chance(int percent) { return below(100) < percent; }
    template<typename List>
    auto pick(const List &list) { return list[below(int(list.size()))]; }
    QByteArray word();

    void makeContext();
    Stage makeStage(int number);
    QByteArray makeLine(int stage, bool hasShell);
    QByteArray makeConfigLine();
    QByteArray makeCopy(int stage, bool hasShell);
    QByteArray makeRun(int stage);
    QByteArray makeTriggerBase();

    Edit editContext();
    Edit editDockerfile();
    Edit editRequest();
    QString path(const QString &name) const { return m_folder + u'/' + name; }
    void writeFile(const QString &name, const QByteArray &content) const;
    QStringList files() const;

    QRandomGenerator m_random;
    QString m_folder;
    QList<Stage> m_stages;
    QList<Stage> m_earlier;     //!< to go back to
    QByteArray m_triggerBase;
    QMap<QString, QString> m_buildArgs;
    QString m_target;
    int m_counter = 0;
};

} // namespace BuildFixture
