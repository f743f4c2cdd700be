// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/planner_p.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

bool PlannedBuild::hasErrors() const
{
    return std::any_of(shown.diagnostics.begin(), shown.diagnostics.end(), [](const Diagnostic &d) { return d.severity == Diagnostic::Severity::Error; });
}

namespace {

void addOnce(QList<NamedImage> *images, const QString &reference, int index)
{
    const bool isKnown = std::any_of(images->begin(), images->end(), [&](const NamedImage &image) { return image.reference == reference; });
    if (!reference.isEmpty() && !isKnown)
        *images += NamedImage{reference, index};
}

} // namespace

QList<NamedImage> PlannedBuild::missingImages() const
{
    QList<NamedImage> missing;
    for (const PlannedStage &stage : stages) {
        addOnce(&missing, stage.missingImage, stage.steps.first().evaluated.index);
        for (const PlannedStep &step : stage.steps) {
            for (const QString &name : step.missingImages)
                addOnce(&missing, name, step.evaluated.index);
        }
    }
    return missing;
}

QList<NamedImage> PlannedBuild::images() const
{
    QList<NamedImage> all = missingImages();
    for (const PlannedStage &stage : stages) {
        addOnce(&all, stage.image, stage.steps.first().evaluated.index);
        for (const PlannedStep &step : stage.steps) {
            for (const QString &name : step.namedImages.keys())
                addOnce(&all, name, step.evaluated.index);
        }
    }
    return all;
}

BuildStep shownStep(const Dockerfile &dockerfile, int index, int stage)
{
    const DockerfileNode &node = dockerfile.file.nodes[index];
    BuildStep step;
    step.index = index;
    step.stage = stage;
    step.stageName = dockerfile.stages.value(stage).name;
    step.firstLine = node.firstLine;
    step.lastLine = node.lastLine;
    step.instruction = node.name();
    step.text = node.original.simplified();
    return step;
}

} // namespace Engine::Internal
