// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/builds.h>

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QSet>

namespace Cli {

//! Shows a running build as docker's classic builder did: "Step 1/3 : FROM ubuntu", " ---> Using cache", the output of the
//! step, " ---> d13c942271d6". Steps of stages that run at the same time come in the order in which they begin.
class BuildView final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(BuildView)

public:
    //! \p build may be null: then it only explains errors.
    BuildView(Engine::BuildOperation *build, QByteArray dockerfile, QString dockerfileName, QObject *parent = nullptr);

    //! Tells of the cached steps at the end, which nothing runs after.
    void finish();
    //! Says where in the Dockerfile the mistake is, with the line and a caret; else like printError().
    void explain(const Engine::Error &error) const;

private:
    void showPlan(const Engine::BuildPlan &plan);
    void showStep(const Engine::BuildStep &step);
    void showCachedBefore(int stepIndex);
    void begin(const Engine::BuildStep &step);
    void end(const Engine::BuildStep &step);
    void showOutput(int stepIndex, const QByteArray &bytes, Engine::OutputStream stream);
    void showPlace(Engine::SourcePosition begin, Engine::SourcePosition end) const;
    void showDiagnostic(const Engine::Diagnostic &diagnostic) const;

    QByteArray m_dockerfile;
    QString m_dockerfileName;
    QList<Engine::Diagnostic> m_shown;
    QList<Engine::BuildStep> m_planned;
    QHash<int, int> m_numbers;  //!< step index to its number among the steps that are used, from 1
    QSet<int> m_begun;
    QSet<int> m_ended;
};

} // namespace Cli
