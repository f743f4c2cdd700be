// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry/credentials_p.h"

#include "base/try_p.h"
#include "linux/spawn_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QDir>
#include <QtCore/QRegularExpression>

#include <nlohmann/json.hpp>

#include <sys/mman.h>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

using Json = nlohmann::json;

constexpr qint64 credentialFileLimitBytes = 4 * 1024 * 1024;

QString stringIn(const Json &object, const char *key)
{
    const auto it = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && it != object.end() && it->is_string() ? QString::fromStdString(it->get_ref<const std::string &>())
                                                                     : QString();
}

const Json *objectIn(const Json &object, const char *key)
{
    if (!object.is_object())
        return nullptr;
    const auto it = object.find(key);
    return it != object.end() && it->is_object() ? &*it : nullptr;
}

// The host of a key such as "https://index.docker.io/v1/" or "quay.io/team"; Docker Hub has three names.
QString normalizedKey(QString key)
{
    key.remove(QRegularExpression(u"^https?://"_s));
    key.remove(QRegularExpression(u"/v[12]/?$"_s));
    while (key.endsWith(u'/'))
        key.chop(1);
    if (key == "index.docker.io"_L1 || key == "registry-1.docker.io"_L1)
        return u"docker.io"_s;
    return key;
}

// "host/a/b", "host/a", "host": the most specific entry wins (containers-auth.json(5)).
QStringList keysFor(const QString &domain, const QString &path)
{
    QStringList keys;
    for (QString key = domain + u'/' + path; key.contains(u'/'); key.truncate(key.lastIndexOf(u'/')))
        keys.append(key);
    keys.append(domain);
    return keys;
}

std::optional<Credentials> credentialsFromEntry(const Json &entry)
{
    Credentials found{.user = stringIn(entry, "username"),
                      .secret = stringIn(entry, "password"),
                      .identityToken = stringIn(entry, "identitytoken")};
    const QByteArray decoded = QByteArray::fromBase64(stringIn(entry, "auth").toLatin1());
    if (const qsizetype colon = decoded.indexOf(':'); colon > 0) {
        found.user = QString::fromUtf8(decoded.first(colon));
        found.secret = QString::fromUtf8(decoded.sliced(colon + 1));
        while (found.secret.endsWith(QChar::Null)) // Docker once padded it
            found.secret.chop(1);
    }
    if (found.identityToken.isEmpty() && (found.user.isEmpty() || found.secret.isEmpty()))
        return std::nullopt;
    return found;
}

std::optional<Credentials> credentialsInAuths(const Json &config, const QStringList &keys)
{
    const Json *auths = objectIn(config, "auths");
    if (!auths)
        return std::nullopt;
    for (const QString &key : keys) {
        for (const auto &[name, entry] : auths->items()) {
            if (normalizedKey(QString::fromStdString(name)) != key)
                continue;
            if (auto found = credentialsFromEntry(entry))
                return found;
        }
    }
    return std::nullopt;
}

Result<UniqueFd> memoryFile(QByteArrayView content)
{
    UniqueFd fd(::memfd_create("credential-request", MFD_CLOEXEC));
    if (!fd.isValid() || ::write(fd.get(), content.data(), size_t(content.size())) != content.size() || ::lseek(fd.get(), 0, SEEK_SET) != 0)
        return Failure(errnoError("memfd_create", u"credential request"_s, errno));
    return fd;
}

// docker-credential-X get: the server's name on stdin, {"Username":…,"Secret":…} on stdout
// (github.com/docker/docker-credential-helpers, README "Development").
Result<std::optional<Credentials>> askHelper(const QString &helper, const QString &server, const std::stop_token &stop)
{
    static const QRegularExpression allowed(u"^[A-Za-z0-9][A-Za-z0-9._-]*$"_s);
    if (!allowed.match(helper).hasMatch()) {
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = helper,
                             .detail = u"invalid credential helper name \"%1\" in the registry configuration"_s.arg(helper)});
    }
    const QString program = u"docker-credential-"_s + helper;
    const UniqueFd input = ENGINE_TRY(memoryFile(server.toUtf8()));
    SpawnRequest request;
    request.program = program;
    request.arguments = {u"get"_s};
    request.fds = {{input.get(), 0}};
    const CommandOutput output = ENGINE_TRY(runCommand(request, stop));
    if (output.status.code != 0) {
        if (output.standardOutput.contains("credentials not found"))
            return std::nullopt;
        // What it printed may hold the secret; it is not passed on.
        return Failure(Error{.code = ErrorCode::Unauthenticated, .object = server,
                             .detail = u"%1 gave no credentials for %2 (exit code %3)"_s.arg(program, server).arg(output.status.code),
                             .remedy = u"Sign in again, or remove the helper from the registry configuration."_s});
    }
    const Json answer = Json::parse(output.standardOutput.cbegin(), output.standardOutput.cend(), nullptr, false);
    Credentials found{.user = stringIn(answer, "Username"), .secret = stringIn(answer, "Secret"), .identityToken = {}};
    if (found.secret.isEmpty())
        return std::nullopt;
    if (found.user == "<token>"_L1)
        found.identityToken = std::exchange(found.secret, {});
    return found;
}

Result<std::optional<Credentials>> credentialsFromHelpers(const Json &config, const QString &domain, const std::stop_token &stop)
{
    const QString server = domain == "docker.io"_L1 ? u"https://index.docker.io/v1/"_s : domain;
    if (const Json *helpers = objectIn(config, "credHelpers")) {
        for (const auto &[name, helper] : helpers->items()) {
            if (helper.is_string() && normalizedKey(QString::fromStdString(name)) == domain)
                return askHelper(QString::fromStdString(helper.get<std::string>()), server, stop);
        }
    }
    if (const QString store = stringIn(config, "credsStore"); !store.isEmpty())
        return askHelper(store, server, stop);
    return std::nullopt;
}

} // namespace

QStringList credentialFiles()
{
    QStringList files;
    const QString dockerConfig = qEnvironmentVariable("DOCKER_CONFIG");
    files.append((dockerConfig.isEmpty() ? QDir::homePath() + u"/.docker"_s : dockerConfig) + u"/config.json"_s);
    if (const QString file = qEnvironmentVariable("REGISTRY_AUTH_FILE"); !file.isEmpty())
        files.append(file);
    if (const QString folder = qEnvironmentVariable("XDG_RUNTIME_DIR"); !folder.isEmpty())
        files.append(folder + u"/containers/auth.json"_s);
    files.append(QDir::homePath() + u"/.config/containers/auth.json"_s);
    return files;
}

Result<std::optional<Credentials>> findCredentials(const QString &domain, const QString &path, const QStringList &files,
                                                   const std::stop_token &stop)
{
    const QStringList keys = keysFor(domain, path);
    for (const QString &file : files) {
        const auto content = readFile(file, credentialFileLimitBytes);
        if (!content) {
            if (content.error().code == ErrorCode::NotFound)
                continue;
            return Failure(content.error());
        }
        const Json config = Json::parse(content->cbegin(), content->cend(), nullptr, false);
        if (!config.is_object()) {
            return Failure(Error{.code = ErrorCode::InvalidInput, .object = file,
                                 .detail = u"%1 is not valid JSON"_s.arg(file),
                                 .remedy = u"Mend or remove the file; signing in writes it anew."_s});
        }
        auto fromHelper = ENGINE_TRY(credentialsFromHelpers(config, domain, stop));
        if (fromHelper)
            return fromHelper;
        if (auto found = credentialsInAuths(config, keys))
            return found;
    }
    return std::nullopt;
}

} // namespace Engine::Internal
