// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/stepsupport_p.h"

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

bool isUrl(const QString &source)
{
    return source.startsWith("http://"_L1) || source.startsWith("https://"_L1) || source.startsWith("git@"_L1) || source.startsWith("ssh://"_L1)
        || source.startsWith("git://"_L1);
}

Error notYet(const QString &what, const QString &remedy, const QString &word)
{
    return Error{.code = ErrorCode::Unsupported, .object = word, .detail = what + u" is not supported yet"_s, .remedy = remedy};
}

std::optional<Error> unsupportedPart(const Instructions::Copy &copy)
{
    for (const QString &source : copy.sources) {
        if (copy.kind == Instructions::Copy::Kind::Add && isUrl(source))
            return notYet(u"ADD from a URL"_s, u"download it in a RUN line, or beforehand"_s, source);
    }
    if (copy.parents)
        return notYet(u"COPY --parents"_s, u"write one COPY line per folder"_s, u"--parents"_s);
    if (!copy.checksum.isEmpty())
        return Error{.code = ErrorCode::InvalidInput, .object = u"--checksum"_s, .detail = u"checksum can't be specified for non-HTTP(S) sources"_s,
                     .remedy = u"leave out --checksum: the build context is read as it is"_s};
    if (copy.keepGitFolder)
        return Error{.code = ErrorCode::InvalidInput, .object = u"--keep-git-dir"_s, .detail = u"keep-git-dir can't be specified for non-Git sources"_s,
                     .remedy = u"leave out --keep-git-dir; .dockerignore decides whether .git is in the build context"_s};
    return std::nullopt;
}

std::optional<Error> unsupportedPart(const RunMount &mount)
{
    using Type = RunMount::Type;
    if (mount.type == Type::Tmpfs && (!mount.from.isEmpty() || !mount.source.isEmpty())) {
        return Error{.code = ErrorCode::InvalidInput, .object = u"type=tmpfs"_s, .detail = u"a tmpfs mount starts empty: it takes neither from nor source"_s,
                     .remedy = u"use type=bind to see files"_s};
    }
    return std::nullopt;
}

} // namespace

std::optional<Error> unsupported(const Instruction &instruction)
{
    if (const auto *copy = std::get_if<Instructions::Copy>(&instruction))
        return unsupportedPart(*copy);
    if (const auto *run = std::get_if<Instructions::Run>(&instruction)) {
        for (const RunMount &mount : run->mounts) {
            if (const auto problem = unsupportedPart(mount))
                return problem;
        }
        if (run->security == "insecure"_L1)
            return Error{.code = ErrorCode::Unsupported, .object = u"insecure"_s, .detail = u"security.insecure is not allowed"_s,
                         .remedy = u"a step of a build never gets more privileges than a container has: leave out --security=insecure"_s};
    }
    return std::nullopt;
}

std::optional<Diagnostic> frontendMistake(const ParsedDockerfile &file)
{
    if (file.syntax.isEmpty())
        return std::nullopt;
    const QString image = file.syntax.section(u' ', 0, 0); // what follows are options for the frontend
    const auto reference = ImageReference::parse(image);
    if (reference && reference->name() == "docker.io/docker/dockerfile"_L1)
        return std::nullopt;
    return Diagnostic{Diagnostic::Severity::Error, {file.syntaxLine, 1}, {file.syntaxLine, 1},
                      u"the Dockerfile frontend %1 is not supported yet"_s.arg(image), u"remove this line, or write # syntax=docker/dockerfile:1"_s};
}

} // namespace Engine::Internal
