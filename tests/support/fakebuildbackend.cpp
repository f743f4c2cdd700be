// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakebuildbackend.h"

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::BuildStep;

namespace {

QList<BuildStep> instructionsOf(const QString &text)
{
    QList<BuildStep> steps;
    const QStringList lines = text.split(u'\n');
    bool continued = false;
    for (int i = 0; i < lines.size(); ++i) {
        const QString line = lines[i].trimmed();
        if (!continued && (line.isEmpty() || line.startsWith(u'#')))
            continue;
        if (continued) {
            steps.last().lastLine = i + 1;
            steps.last().text.chop(1);
            steps.last().text = steps.last().text.trimmed() + u' ' + line;
        } else {
            BuildStep step;
            step.index = int(steps.size());
            step.firstLine = step.lastLine = i + 1;
            step.text = line;
            step.instruction = line.section(u' ', 0, 0).toUpper();
            step.makesLayer = QStringList{u"FROM"_s, u"RUN"_s, u"COPY"_s, u"ADD"_s, u"WORKDIR"_s}.contains(step.instruction);
            steps.append(step);
        }
        continued = line.endsWith(u'\\');
    }
    return steps;
}

} // namespace

Engine::BuildPlan FakeBuildBackend::planOf(const QString &text) const
{
    static const QStringList known{u"FROM"_s, u"LABEL"_s, u"ENV"_s, u"WORKDIR"_s, u"RUN"_s, u"COPY"_s, u"EXPOSE"_s, u"USER"_s, u"CMD"_s, u"ARG"_s};
    const QList<BuildStep> built = instructionsOf(builtText);
    Engine::BuildPlan plan;
    plan.steps = instructionsOf(text);
    plan.contextFiles = 5;
    plan.contextBytes = 9'184;
    bool cached = true;
    bool causeGiven = false;
    for (BuildStep &step : plan.steps) {
        if (!known.contains(step.instruction)) {
            step.state = BuildStep::State::Invalid;
            step.cause = u"unknown instruction %1"_s.arg(step.instruction);
            plan.diagnostics.append({Engine::Diagnostic::Severity::Error, {step.firstLine, 1},
                                     {step.firstLine, int(step.instruction.size()) + 1}, step.cause, u"did you mean RUN?"_s});
            cached = false;
            continue;
        }
        cached = cached && step.index < built.size() && built[step.index].text == step.text;
        step.state = cached ? BuildStep::State::Cached : BuildStep::State::WillRun;
        if (!cached)
            step.cause = std::exchange(causeGiven, true) ? u"the line above runs again"_s : u"the instruction changed"_s;
        if (!cached || !step.makesLayer)
            continue;
        step.sizeBytes = step.instruction == "FROM"_L1 ? 2'041'344 : step.instruction == "COPY"_L1 ? 5'210 : 68;
        step.duration = std::chrono::milliseconds(step.instruction == "RUN"_L1 ? 412 : 38);
        step.layer = Engine::Digest::ofBytes(step.text.toUtf8());
    }
    return plan;
}

} // namespace Gui
