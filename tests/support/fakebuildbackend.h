// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "controllers/buildbackend.h"

#include <QtCore/QPointer>
#include <QtCore/QPromise>
#include <QtCore/QSet>

namespace Gui {

//! A build the test drives by hand.
class FakeBuildOperation final : public Engine::BuildOperation
{
    Q_OBJECT

public:
    using BuildOperation::BuildOperation;
    void cancel() override
    {
        if (std::exchange(m_over, true))
            return;
        QMetaObject::invokeMethod(this, [this] {
            Q_EMIT finished(Engine::Failure(Engine::Error{.code = Engine::ErrorCode::Cancelled, .object = {}, .detail = {}, .remedy = {}, .where = {}, .position = {}}));
        }, Qt::QueuedConnection);
    }

private:
    bool m_over = false;
};

//! Plans by one rule: an instruction whose text was built before, above which nothing changed, is cached.
//! Answers at once, or when the test says so.
class FakeBuildBackend final : public BuildBackend
{
public:
    using PlanResult = Engine::Result<Engine::BuildPlan>;

    QFuture<PlanResult> plan(const Engine::BuildRequest &request) override
    {
        plans.append(request);
        auto promise = std::make_shared<QPromise<PlanResult>>();
        promise->start();
        auto future = promise->future();
        if (holdPlans) {
            held.append({promise, request});
        } else {
            promise->addResult(answer(request));
            promise->finish();
        }
        return future;
    }

    void answerHeld(qsizetype index)
    {
        held[index].first->addResult(answer(held[index].second));
        held[index].first->finish();
    }

    std::unique_ptr<Engine::BuildOperation> build(const Engine::BuildRequest &request) override
    {
        builds.append(request);
        auto operation = std::make_unique<FakeBuildOperation>();
        running = operation.get();
        return operation;
    }

    QFuture<Engine::Result<Engine::ContainerInfo>> create(const Engine::CreateOptions &options) override
    {
        created.append(options);
        QPromise<Engine::Result<Engine::ContainerInfo>> promise;
        promise.start();
        Engine::ContainerInfo info;
        info.id = Engine::ContainerId(QString(64, u'c'));
        promise.addResult(Engine::Result<Engine::ContainerInfo>(info));
        promise.finish();
        return promise.future();
    }

    PlanResult answer(const Engine::BuildRequest &request) const
    {
        if (planError)
            return Engine::Failure(*planError);
        return planOf(request.dockerfileText.value_or(QString()));
    }

    Engine::BuildPlan planOf(const QString &text) const;
    //! From now on everything in \p text counts as built.
    void markBuilt(const QString &text) { builtText = text; }

    QList<Engine::BuildRequest> plans;
    QList<Engine::BuildRequest> builds;
    QList<Engine::CreateOptions> created;
    QList<std::pair<std::shared_ptr<QPromise<PlanResult>>, Engine::BuildRequest>> held;
    QPointer<FakeBuildOperation> running;
    std::optional<Engine::Error> planError;
    QString builtText;
    bool holdPlans = false;
};

} // namespace Gui
