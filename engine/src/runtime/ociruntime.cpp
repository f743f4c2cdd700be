// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/ociruntime_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QFileInfo>

#include <nlohmann/json.hpp>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr int notFoundCode = 127;
constexpr int notExecutableCode = 126;
constexpr int runtimeFailedCode = 125;

Failure failed(const QString &object, const CommandOutput &output)
{
    const QString words = QString::fromUtf8(output.standardError).trimmed();
    return Failure(runtimeError(object, words.isEmpty() ? u"it ended with code %1"_s.arg(output.status.code) : words));
}

} // namespace

Result<OciRuntime> OciRuntime::find(const EngineSettings &settings)
{
    OciRuntime runtime{.program = settings.runtimePath, .stateFolder = settings.paths.run + "/runtime"_L1,
                       .cgroups = CgroupSetup::ofThisSystem()};
    if (runtime.program.isEmpty())
        runtime.program = ENGINE_TRY(findProgram(u"crun"_s, u"crun"_s));
    else if (!QFileInfo(runtime.program).isExecutable())
        return Failure(Error{.code = ErrorCode::MissingPart, .object = runtime.program,
                             .detail = u"the OCI runtime %1 cannot be executed"_s.arg(runtime.program),
                             .remedy = u"sudo apt install crun"_s});
    return runtime;
}

bool OciRuntime::takesSeccompProgram() const
{
    return QFileInfo(program).fileName().startsWith("crun"_L1);
}

QStringList OciRuntime::globalArguments() const
{
    return QStringList{"--root="_L1 + stateFolder} + cgroups.runtimeArguments();
}

SpawnRequest OciRuntime::call(const QStringList &arguments) const
{
    SpawnRequest request;
    request.program = program;
    request.arguments = globalArguments() + arguments;
    request.identity = SpawnRequest::Identity::NamespaceRoot;
    return request;
}

Result<void> OciRuntime::start(const QString &name) const
{
    const CommandOutput output = ENGINE_TRY(runCommand(call({u"start"_s, name})));
    if (output.status.code != 0)
        return failed(name, output);
    return {};
}

Result<QString> OciRuntime::state(const QString &name) const
{
    const CommandOutput output = ENGINE_TRY(runCommand(call({u"state"_s, name})));
    const auto state = nlohmann::json::parse(output.standardOutput.begin(), output.standardOutput.end(), nullptr, false);
    if (output.status.code != 0 || !state.is_object())
        return Failure(Error{.code = ErrorCode::NotFound, .object = name, .detail = u"the runtime knows no container %1"_s.arg(name)});
    return QString::fromStdString(state.value("status", std::string()));
}

Result<void> OciRuntime::remove(const QString &name) const
{
    if (!QFileInfo::exists(stateFolder + u'/' + name))
        return {};
    const CommandOutput output = ENGINE_TRY(runCommand(call({u"delete"_s, u"--force"_s, name})));
    // A container half made when its runtime was killed has a folder that `delete` cannot read.
    if (output.status.code != 0)
        ENGINE_TRY(removeTree(stateFolder + u'/' + name));
    return {};
}

Error runtimeError(const QString &object, const QString &message)
{
    const QString words = message.trimmed();
    Error error{.code = ErrorCode::Io, .object = object, .detail = u"OCI runtime error: "_s + words, .exitCode = runtimeFailedCode};
    const bool aboutCommand = words.contains("executable file"_L1) || words.contains("open executable"_L1)
        || words.contains("Exec format error"_L1);
    if (!aboutCommand)
        return error;
    error.code = ErrorCode::CommandFailed;
    error.exitCode = words.contains("No such file or directory"_L1) || words.contains("not found"_L1) ? notFoundCode : notExecutableCode;
    error.remedy = error.exitCode == notFoundCode ? u"Check the command's spelling and that the image contains it"_s
                                                  : u"Name a file that is a program and has its executable bit set"_s;
    return error;
}

} // namespace Engine::Internal
