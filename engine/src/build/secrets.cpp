// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/secrets_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QFile>

#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr qint64 largestSecret = 500 * 1024; // BuildKit's limit (session/secrets)

Failure secretTooBig(const QString &id)
{
    return Failure(Error{.code = ErrorCode::InvalidInput, .object = id, .detail = u"secret %1 too big. max size 500KB"_s.arg(id),
                         .remedy = u"give the one value a step needs, not an archive of them"_s});
}

} // namespace

Result<std::optional<QByteArray>> readSecret(const BuildRequest &request, const QString &id)
{
    const auto secret = request.secrets.constFind(id);
    if (secret == request.secrets.constEnd())
        return std::nullopt;
    if (secret->file.isEmpty()) {
        const QByteArray name = QFile::encodeName(secret->variable);
        if (!qEnvironmentVariableIsSet(name.constData()))
            return std::nullopt;
        QByteArray value = qgetenv(name.constData());
        if (value.size() > largestSecret)
            return secretTooBig(id);
        return value;
    }
    auto content = readFile(secret->file, largestSecret);
    if (content)
        return std::move(*content);
    if (content.error().code == ErrorCode::InvalidInput)
        return secretTooBig(id);
    content.error().detail = u"the file of secret %1 cannot be read: %2"_s.arg(id, content.error().detail);
    content.error().remedy = u"check the path after src= of --secret"_s;
    return Failure(content.error());
}

void wipe(QByteArray *bytes)
{
    if (bytes->isDetached())
        ::explicit_bzero(bytes->data(), size_t(bytes->size()));
    bytes->clear();
}

Result<SecretFolder> SecretFolder::create(const QString &path)
{
    ENGINE_TRY(makePath(path, 0700));
    const QByteArray target = QFile::encodeName(path);
    constexpr unsigned long flags = MS_NOSUID | MS_NODEV;
    // "noswap" is of Linux 6.4, and root's: a user's pages may be swapped, as everywhere.
    if (::mount("tmpfs", target.constData(), "tmpfs", flags, "mode=0711,size=64m,noswap") != 0
        && ::mount("tmpfs", target.constData(), "tmpfs", flags, "mode=0711,size=64m") != 0)
        return Failure(errnoError("mount tmpfs", path, errno));
    return SecretFolder(path);
}

SecretFolder::~SecretFolder()
{
    if (m_path.isEmpty())
        return;
    if (const auto gone = unmountTree(m_path); !gone)
        qCWarning(lcBuild).noquote() << "unmounting" << m_path << "failed:" << gone.error().detail;
}

Result<QString> SecretFolder::write(const QString &name, const QByteArray &content, uid_t uid, gid_t gid, mode_t mode) const
{
    const QString path = m_path + u'/' + name;
    const UniqueFd file = ENGINE_TRY(openFile(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    for (qsizetype done = 0; done < content.size();) {
        const ssize_t count = ::write(file.get(), content.constData() + done, size_t(content.size() - done));
        if (count < 0)
            return Failure(errnoError("write", path, errno));
        done += count;
    }
    if (::fchown(file.get(), uid, gid) != 0 || ::fchmod(file.get(), mode) != 0)
        return Failure(errnoError("chown", path, errno));
    return path;
}

} // namespace Engine::Internal
