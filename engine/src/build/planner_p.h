// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build/copysources_p.h"
#include "build/evaluator_p.h"
#include "build/steprecord_p.h"
#include "storage/store_p.h"

#include <engine/builds.h>

#include <memory>

namespace Engine::Internal {

//! One step with its fate decided. The builder does what stands here and decides nothing itself.
struct PlannedStep {
    EvaluatedStep evaluated;
    bool isMistaken = false;            //!< a diagnostic says why; it stands in no finished plan
    BuildStep::State state = BuildStep::State::Unknown; //!< Cached or WillRun
    QString cause;
    QByteArray identity;                //!< digest of all that makes the step, but for the layers it works on
    QList<int> sourceStages;            //!< stages whose layers it takes something from
    QList<Digest> sourceImages;         //!< top layers of images it takes something from
    QMap<QString, BaseImage> namedImages; //!< what --from names, when it is no stage
    QStringList missingImages;          //!< what --from names and is not here
    QList<CopySource> sources;          //!< COPY and ADD from the context, found
    StepRecord record;
    std::optional<Store::CachedStep> cached;
    QString created;                    //!< time of its history entry, when cached
};

struct PlannedStage {
    int number = 0;
    int baseStage = -1;
    Digest baseLayer;                   //!< of its image; null for scratch or a stage
    QString image;                      //!< reference it starts from; empty for scratch or a stage
    QString missingImage;               //!< the same, when it must be pulled first
    bool baseMayChange = false;         //!< the request wants its base image asked for; nothing is known before that
    QList<PlannedStep> steps;           //!< FROM first
    std::optional<Digest> result;       //!< top layer, when every step that makes one is cached
    nlohmann::json config;              //!< image config after the last step
};

//! An image that a build takes something from, and the instruction that names it.
struct NamedImage {
    QString reference;
    int index = -1;
};

//! A build, decided.
struct PlannedBuild {
    BuildPlan shown;                    //!< the public form
    std::shared_ptr<const Dockerfile> dockerfile;
    std::shared_ptr<const ContextTree> context; //!< null when no step takes anything from it
    QList<PlannedStage> stages;         //!< in order of execution, the target last
    QStringList ignorePatterns;         //!< of .dockerignore
    QString historyName;                //!< under which step records are kept
    std::optional<qint64> sourceDate;   //!< SOURCE_DATE_EPOCH of the request, seconds: no time in the image is later

    bool hasErrors() const;
    QList<NamedImage> missingImages() const;
    //! All of them, each once.
    QList<NamedImage> images() const;
};

//! Decides for every instruction whether its result is here. Reads the store and the context, changes nothing but what is
//! remembered about files. The same function stands in front of every build.
//! \return NotFound for a missing context or Dockerfile. Mistakes in the Dockerfile stand in the plan
[[nodiscard]] Result<PlannedBuild> planBuild(Store &store, FileDigests &digests, const BuildRequest &request, std::stop_token stop);

//! The cache key of a step: its identity, the layer it works on, and the layers it takes something from.
[[nodiscard]] QByteArray stepKey(const PlannedStep &step, const Digest &below, const QList<Digest> &sourceLayers);

//! A BuildStep as shown for \p step of \p dockerfile.
[[nodiscard]] BuildStep shownStep(const Dockerfile &dockerfile, int index, int stage);

} // namespace Engine::Internal
