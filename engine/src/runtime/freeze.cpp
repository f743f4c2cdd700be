// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/freeze_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr auto frozenMarker = "/frozen"_L1;

Result<void> callFreezer(const OciRuntime &runtime, const QString &command, const QString &id)
{
    const CommandOutput output = ENGINE_TRY(runCommand(runtime.call({command, id})));
    if (output.status.code == 0)
        return {};
    return Failure(Error{.code = ErrorCode::Io, .object = id,
                         .detail = u"the runtime could not %1 the container %2: %3"_s.arg(command, id.left(12), QString::fromUtf8(output.standardError).trimmed())});
}

} // namespace

Result<std::optional<FrozenContainer>> FrozenContainer::freeze(const ContainerRuntime &runtime, const ContainerRecord &record)
{
    const OciRuntime program = ENGINE_TRY(OciRuntime::find(runtime.settings()));
    if (!record.isRunning() || program.cgroups.manager == CgroupSetup::Manager::Disabled)
        return std::nullopt;
    const QString id = record.id.toString();
    const auto state = program.state(id);
    if (!state || *state != "running"_L1)
        return std::nullopt;
    const QString marker = runtime.folderOf(record.id).path + frozenMarker;
    const QByteArray owner = QByteArray::number(::getpid()) + ' ' + QByteArray::number(processStartTime(::getpid())) + '\n';
    ENGINE_TRY(writeFileAtomically(marker, owner, 0600, Sync::No));
    FrozenContainer frozen(program, id, marker); // thaws what a pause that fails half-way may have frozen
    ENGINE_TRY(callFreezer(program, u"pause"_s, id));
    return frozen;
}

FrozenContainer::FrozenContainer(FrozenContainer &&other) noexcept
    : m_runtime(std::move(other.m_runtime)), m_id(std::exchange(other.m_id, {})), m_marker(std::move(other.m_marker))
{
}

FrozenContainer::~FrozenContainer()
{
    if (m_id.isEmpty())
        return;
    if (const auto thawed = callFreezer(m_runtime, u"resume"_s, m_id); !thawed)
        qCWarning(lcRuntime).noquote() << thawed.error().detail;
    QFile::remove(m_marker);
}

void thawAbandoned(const EngineSettings &settings)
{
    const QDir containers(settings.paths.root + "/containers"_L1);
    for (const QString &id : containers.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QString marker = containers.filePath(id) + frozenMarker;
        const auto owner = QFile::exists(marker) ? readFile(marker, 256) : Result<QByteArray>(Failure(Error{}));
        if (!owner)
            continue;
        const pid_t pid = owner->left(owner->indexOf(' ')).toInt();
        if (pid > 0 && processStartTime(pid) == owner->mid(owner->indexOf(' ') + 1).trimmed().toULongLong())
            continue;
        qCInfo(lcRuntime).noquote() << "thawing a container that a killed process has left frozen:" << id;
        const auto runtime = OciRuntime::find(settings);
        if (const auto thawed = runtime ? callFreezer(*runtime, u"resume"_s, id) : Result<void>(Failure(runtime.error())); !thawed)
            qCWarning(lcRuntime).noquote() << thawed.error().detail;
        QFile::remove(marker);
    }
}

} // namespace Engine::Internal
