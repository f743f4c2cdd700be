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

Failure failed(const QString &name, const QString &command, const CommandOutput &output)
{
    const QString words = QString::fromUtf8(output.standardError).trimmed();
    return Failure(runtimeError(name, command, words.isEmpty() ? u"it ended with code %1"_s.arg(output.status.code) : words));
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

Result<void> OciRuntime::start(const QString &name, const QString &command) const
{
    const CommandOutput output = ENGINE_TRY(runCommand(call({u"start"_s, name})));
    if (output.status.code != 0)
        return failed(name, command, output);
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

Error runtimeError(const QString &container, const QString &program, const QString &message)
{
    QString words = message.trimmed();
    const bool isAbsent = words.contains("No such file or directory"_L1) || words.contains("not found"_L1);
    if (words.startsWith("chdir "_L1))
        return {.code = ErrorCode::CommandFailed, .object = container, .detail = "the working directory cannot be entered: "_L1 + words.replace(u'`', u'"'),
                .remedy = u"Name a folder of the container, which this user may enter"_s,
                .exitCode = isAbsent ? notFoundCode : notExecutableCode};
    const bool isFormat = words.contains("Exec format error"_L1);
    // crun 1.8 says "open executable: Operation not permitted" of anything but a regular file; 1.21 words each case.
    const bool isSpecial = words.contains("is not a regular file"_L1) || (words.contains("open executable"_L1) && words.contains("Operation not permitted"_L1));
    const bool isExec = isSpecial || words.contains("open executable"_L1) || words.contains("it is not executable"_L1)
        || words.contains("exec container process"_L1);
    if (!words.contains("executable file"_L1) && !isExec && !isFormat)
        return {.code = ErrorCode::Io, .object = container, .detail = "OCI runtime error: "_L1 + words, .exitCode = runtimeFailedCode};

    Error error{.code = ErrorCode::CommandFailed, .object = program,
                .remedy = u"Name a file that is a program and has its executable bit set"_s, .exitCode = notExecutableCode};
    const QString subject = u"exec: \"%1\": "_s.arg(program);
    if (isAbsent) {
        error.detail = subject + (program.contains(u'/') ? u"no such file or directory"_s : u"executable file not found in $PATH"_s);
        error.remedy = u"Check the command's spelling and that the image contains it"_s;
        error.exitCode = notFoundCode;
    } else if (isFormat) {
        error.detail = subject + "exec format error"_L1;
        error.remedy = u"Begin a script with a line like #!/bin/sh; a program must be made for this machine's processor"_s;
    } else if (isSpecial) {
        error.detail = subject + "is a directory or another special file, not a program"_L1;
    } else {
        error.detail = subject + (words.contains("Not a directory"_L1) ? u"not a directory"_s : u"permission denied"_s);
    }
    return error;
}

} // namespace Engine::Internal
