// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/evaluator_p.h"

namespace Engine::Internal {

//! What the instructions of a stage work on: the image config, and the variables that are set at that point. A value, so that a
//! stage that starts from another one starts from a copy.
class StageState final
{
public:
    StageState() = default;
    StageState(QChar escape, QMap<QString, QString> buildArgs, QMap<QString, QString> globals)
        : m_escape(escape), m_buildArgs(std::move(buildArgs)), m_globals(std::move(globals))
    {
    }

    void startFromScratch(const BuildPlatform &platform);
    void startFromImage(const nlohmann::json &config);
    //! The stage below has just been copied into this one; its ONBUILD triggers are for the caller to apply.
    void startFromStage();

    //! Expands \p instruction and applies it. \return InvalidInput with BuildKit's words
    [[nodiscard]] Result<EvaluatedStep> apply(const Instruction &instruction);

    const nlohmann::json &image() const { return m_image; }

private:
    struct Applier;
    friend struct Applier;

    [[nodiscard]] Result<QString> expand(const QString &word) const;
    [[nodiscard]] Result<RunMount> expandMount(const RunMount &mount) const;
    [[nodiscard]] Result<QStringList> expandEach(const QStringList &words) const;
    void setVariable(const QString &name, const QString &value);
    QStringList shellForm(const CommandLine &command) const;

    QChar m_escape = u'\\';
    QMap<QString, QString> m_buildArgs;     //!< of the request
    QMap<QString, QString> m_globals;       //!< ARGs before the first FROM and the platform's
    QMap<QString, QString> m_variables;     //!< ENV and declared ARG
    QStringList m_variableOrder;
    QList<std::pair<QString, std::optional<QString>>> m_declaredArgs;
    nlohmann::json m_image;
    bool m_cmdIsSet = false;
};

} // namespace Engine::Internal
