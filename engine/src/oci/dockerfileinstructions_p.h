// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "oci/dockerfileparser_p.h"

#include <QtCore/QMap>

#include <chrono>
#include <optional>
#include <variant>

namespace Engine::Internal {

//! `name=value`; for LABEL and ENV.
struct KeyValue {
    QString key;
    QString value;
};

//! A command line: in shell form one string for the shell, in exec form its words.
struct CommandLine {
    QStringList words;
    bool isShellForm = false;
    QList<Heredoc> heredocs;
};

//! A here-document as a source of COPY or ADD.
struct InlineFile {
    QString name;
    QString content;
    bool expand = true;
};

//! `RUN --mount=…` (docs.docker.com/reference/dockerfile, "RUN --mount").
struct RunMount {
    enum class Type { Bind, Cache, Tmpfs, Secret, Ssh } type = Type::Bind;
    enum class Sharing { Shared, Private, Locked } sharing = Sharing::Shared;
    QString target = {};
    QString source = {};
    QString from = {};
    QString id = {};
    bool isReadOnly = false;
    bool isRequired = false;
    std::optional<uint> mode = {}, uid = {}, gid = {};
    std::optional<qint64> sizeBytes = {};
    std::optional<QString> environmentVariable = {};
    QString unexpanded = {};    //!< not empty: holds variables, nothing else is known yet
};

namespace Instructions {

struct From {
    QString base;           //!< before expansion
    QString stageName;      //!< lower-case; empty without AS
    QString platform;       //!< before expansion
};
struct Arg {
    struct Definition {
        QString name;
        std::optional<QString> defaultValue;
    };
    QList<Definition> definitions;
};
struct Env { QList<KeyValue> values; };
struct Label { QList<KeyValue> values; };
//! COPY, and ADD with what only it can do.
struct Copy {
    enum class Kind { Copy, Add } kind = Kind::Copy;
    QStringList sources;
    QList<InlineFile> inlineFiles;
    QString destination;
    QString from, chown, chmod, checksum;
    QStringList excludes;
    bool link = false, parents = false, keepGitFolder = false;
    std::optional<bool> unpack;
};
struct Run {
    CommandLine command;
    QList<RunMount> mounts;
    QString mountText;      //!< the flags as written: part of the step's identity
    QString network;        //!< "default", "none", "host"; empty: default
    QString security;       //!< "sandbox", "insecure"; empty: sandbox
};
struct Cmd { CommandLine command; };
struct Entrypoint { CommandLine command; };
struct Healthcheck {
    QStringList test;       //!< {"NONE"}, {"CMD", …} or {"CMD-SHELL", "…"}
    std::chrono::nanoseconds interval{}, timeout{}, startPeriod{}, startInterval{};
    int retries = 0;
};
struct Expose { QStringList ports; };
struct Maintainer { QString name; };
struct Onbuild { QString expression; };
struct Shell { QStringList words; };
struct StopSignal { QString signal; };
struct User { QString user; };
struct Volume { QStringList paths; };
struct Workdir { QString path; };

} // namespace Instructions

using Instruction = std::variant<Instructions::From, Instructions::Arg, Instructions::Env, Instructions::Label, Instructions::Copy,
                                 Instructions::Run, Instructions::Cmd, Instructions::Entrypoint, Instructions::Healthcheck,
                                 Instructions::Expose, Instructions::Maintainer, Instructions::Onbuild, Instructions::Shell,
                                 Instructions::StopSignal, Instructions::User, Instructions::Volume, Instructions::Workdir>;

//! Understands one instruction. \return InvalidInput with BuildKit's words and the place of what is wrong
[[nodiscard]] Result<Instruction> parseInstruction(const DockerfileNode &node);
//! An ONBUILD trigger's text, as an image's config holds it.
[[nodiscard]] Result<std::pair<DockerfileNode, Instruction>> parseTrigger(const QString &expression);

//! One FROM and what follows it.
struct DockerfileStage {
    int from = -1;              //!< position of its FROM among all instructions
    QList<int> commands;        //!< positions of the others
    QString name;               //!< of AS
};

//! A Dockerfile, understood but not expanded.
struct Dockerfile {
    ParsedDockerfile file;
    QList<std::optional<Instruction>> instructions; //!< one for each node; nothing for one with a mistake
    QList<int> globalArgs;      //!< positions of the ARGs before the first FROM
    QList<DockerfileStage> stages;
    QList<Diagnostic> diagnostics; //!< all, the parser's included, sorted by place
};

//! Pure; any thread.
[[nodiscard]] Dockerfile readDockerfile(const QByteArray &text);

//! "5m0s", as Go prints a duration.
[[nodiscard]] QString goDuration(std::chrono::nanoseconds duration);
//! The one of \p options that \p word was probably meant to be; empty when none is near.
[[nodiscard]] QString nearestWord(const QString &word, const QStringList &options);

} // namespace Engine::Internal
