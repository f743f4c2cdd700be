// SPDX-License-Identifier: GPL-3.0-or-later
#include "buildview.h"

#include "format/humanize.h"
#include "output.h"

#include <limits>

#include <unistd.h>

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

using State = Engine::BuildStep::State;

bool hasEnded(State state)
{
    return state == State::Cached || state == State::Done;
}

} // namespace

BuildView::BuildView(Engine::BuildOperation *build, QByteArray dockerfile, QString dockerfileName, QObject *parent)
    : QObject(parent), m_dockerfile(std::move(dockerfile)), m_dockerfileName(std::move(dockerfileName))
{
    if (!build)
        return;
    connect(build, &Engine::BuildOperation::planned, this, &BuildView::showPlan);
    connect(build, &Engine::BuildOperation::stepChanged, this, &BuildView::showStep);
    connect(build, &Engine::BuildOperation::output, this, &BuildView::showOutput);
}

void BuildView::showPlan(const Engine::BuildPlan &plan)
{
    for (const Engine::Diagnostic &diagnostic : plan.diagnostics)
        showDiagnostic(diagnostic);
    m_shown = plan.diagnostics;
    m_planned = plan.steps;
    for (const Engine::BuildStep &step : plan.steps) {
        if (step.state != State::Unused)
            m_numbers.insert(step.index, static_cast<int>(m_numbers.size()) + 1);
    }
    const bool isInvalid = std::ranges::any_of(
        plan.diagnostics, [](const Engine::Diagnostic &d) { return d.severity == Engine::Diagnostic::Severity::Error; });
    if (!isInvalid && plan.contextFiles > 0)
        printLine(u"Build context: %1 in %2 file%3"_s.arg(humanSize(plan.contextBytes)).arg(plan.contextFiles)
                      .arg(plan.contextFiles == 1 ? ""_L1 : "s"_L1));
}

void BuildView::begin(const Engine::BuildStep &step)
{
    if (m_begun.contains(step.index))
        return;
    m_begun.insert(step.index);
    printLine(u"Step %1/%2 : %3"_s.arg(m_numbers.value(step.index)).arg(m_numbers.size()).arg(harmless(step.text)));
}

//! A step that the plan found in the cache does not change any more: it is told when a later one begins.
void BuildView::showCachedBefore(int stepIndex)
{
    for (const Engine::BuildStep &step : m_planned) {
        if (step.index >= stepIndex)
            break;
        if (step.state == State::Cached && !m_begun.contains(step.index)) {
            begin(step);
            end(step);
        }
    }
}

void BuildView::showStep(const Engine::BuildStep &step)
{
    if (!m_numbers.contains(step.index))
        return;
    if (step.state == State::Running || step.state == State::Failed || hasEnded(step.state)) {
        showCachedBefore(step.index);
        begin(step);
    }
    if (hasEnded(step.state))
        end(step);
}

void BuildView::end(const Engine::BuildStep &step)
{
    if (m_ended.contains(step.index))
        return;
    m_ended.insert(step.index);
    if (step.state == State::Cached && step.instruction != "FROM"_L1)
        printLine(u" ---> Using cache"_s);
    if (!step.layer.isNull())
        printLine(" ---> "_L1 + step.layer.shortHex());
}

void BuildView::finish()
{
    showCachedBefore(std::numeric_limits<int>::max());
}

void BuildView::showOutput(int stepIndex, const QByteArray &bytes, Engine::OutputStream stream)
{
    Q_UNUSED(stepIndex)
    writeAll(stream == Engine::OutputStream::Stdout ? STDOUT_FILENO : STDERR_FILENO, bytes);
}

void BuildView::showPlace(Engine::SourcePosition begin, Engine::SourcePosition end) const
{
    const QList<QByteArray> lines = m_dockerfile.split('\n');
    if (begin.line < 1 || begin.line > lines.size())
        return;
    QString line = QString::fromUtf8(lines[begin.line - 1]);
    line.remove(u'\uFEFF');
    if (line.endsWith(u'\r'))
        line.chop(1);
    const QString number = QString::number(begin.line);
    printError(u"  %1 | %2"_s.arg(number, harmless(line)));
    if (begin.column < 1)
        return;
    QString indent; // tabs stay tabs, so that the caret stands under its character
    for (int i = 0; i + 1 < begin.column; ++i)
        indent += i < line.size() && line[i] == u'\t' ? u'\t' : u' ';
    const int width = end.line == begin.line && end.column > begin.column ? end.column - begin.column : 1;
    printError(u"  %1 | %2%3"_s.arg(QString(number.size(), u' '), indent, QString(width, u'^')));
}

void BuildView::showDiagnostic(const Engine::Diagnostic &diagnostic) const
{
    const bool isError = diagnostic.severity == Engine::Diagnostic::Severity::Error;
    QString place = m_dockerfileName;
    if (diagnostic.begin.line > 0)
        place += u":%1"_s.arg(diagnostic.begin.line) + (diagnostic.begin.column > 0 ? u":%1"_s.arg(diagnostic.begin.column) : QString());
    printError(u"%1: %2: %3"_s.arg(place, isError ? u"error"_s : u"warning"_s, harmless(diagnostic.message)));
    showPlace(diagnostic.begin, diagnostic.end);
    if (!diagnostic.remedy.isEmpty())
        printError(harmless(diagnostic.remedy));
}

void BuildView::explain(const Engine::Error &error) const
{
    if (!error.position || error.position->line < 1) {
        printError(error);
        return;
    }
    const bool isKnown = std::ranges::any_of(m_shown, [&error](const Engine::Diagnostic &diagnostic) {
        return diagnostic.severity == Engine::Diagnostic::Severity::Error && diagnostic.begin.line == error.position->line;
    });
    if (!isKnown)
        showDiagnostic({.severity = Engine::Diagnostic::Severity::Error, .begin = *error.position, .end = {},
                        .message = error.detail, .remedy = error.remedy});
}

} // namespace Cli
