// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/textfile.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>
#include <QtCore/QStringConverter>

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace Gui {

using Engine::Error;
using Engine::ErrorCode;
using Engine::Failure;

namespace {

constexpr qint64 kMaxTextBytes = 4 * 1024 * 1024; // a Dockerfile of 5,000 lines has about 0.25 MiB
const QByteArray kByteOrderMark = QByteArrayLiteral("\xEF\xBB\xBF");

ErrorCode codeOfErrno(int number)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return ErrorCode::NotFound;
    case EACCES:
    case EPERM:
    case EROFS:
        return ErrorCode::PermissionDenied;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ErrorCode::NoSpace;
    default:
        return ErrorCode::Io;
    }
}

Error fileError(const QString &path, int number, const QString &sentence)
{
    return {.code = codeOfErrno(number), .object = path,
            .detail = sentence.arg(path, QString::fromLocal8Bit(strerror(number))), .where = u"TextFile"_s, .sysErrno = number};
}

Error notText(const QString &path, const QString &reason)
{
    return {.code = ErrorCode::InvalidInput, .object = path, .detail = u"%1 cannot be edited: %2"_s.arg(path, reason),
            .remedy = u"Open a text file, such as a Dockerfile"_s, .where = u"TextFile"_s};
}

TextFile::LineEnd majorityLineEnd(const QByteArray &bytes)
{
    const auto all = bytes.count('\n');
    const auto crlf = bytes.count("\r\n");
    return crlf * 2 > all ? TextFile::LineEnd::CrLf : TextFile::LineEnd::Lf;
}

} // namespace

FileStamp fileStamp(const QString &path)
{
    struct stat st = {};
    if (::stat(QFile::encodeName(path).constData(), &st) != 0)
        return {};
    return {.device = st.st_dev, .inode = st.st_ino, .sizeBytes = st.st_size,
            .modifiedNs = qint64(st.st_mtim.tv_sec) * 1'000'000'000 + st.st_mtim.tv_nsec};
}

Engine::Result<TextFile> loadTextFile(const QString &path)
{
    const FileStamp before = fileStamp(path);
    if (before.exists() && QFileInfo(path).isDir())
        return Failure(notText(path, u"it is a folder"_s));
    if (before.sizeBytes > kMaxTextBytes)
        return Failure(notText(path, u"it is larger than 4 MiB"_s));
    QFile device(path);
    errno = 0;
    if (!device.open(QIODevice::ReadOnly))
        return Failure(fileError(path, errno ? errno : EIO, u"cannot read %1: %2"_s));
    QByteArray bytes = device.read(kMaxTextBytes + 1);
    if (device.error() != QFileDevice::NoError)
        return Failure(fileError(path, errno ? errno : EIO, u"cannot read %1: %2"_s));
    if (bytes.size() > kMaxTextBytes)
        return Failure(notText(path, u"it is larger than 4 MiB"_s));
    if (bytes.contains('\0'))
        return Failure(notText(path, u"it is a binary file"_s));

    TextFile file{.path = path, .text = {}, .lineEnd = majorityLineEnd(bytes), .byteOrderMark = bytes.startsWith(kByteOrderMark),
                  .readOnly = ::access(QFile::encodeName(path).constData(), W_OK) != 0, .stamp = before};
    if (file.byteOrderMark)
        bytes.remove(0, kByteOrderMark.size());
    QStringDecoder decoder(QStringDecoder::Utf8);
    file.text = decoder(bytes);
    if (decoder.hasError())
        return Failure(notText(path, u"it is not UTF-8 text"_s));
    file.text.replace("\r\n"_L1, "\n"_L1);
    return file;
}

QByteArray encodedText(const TextFile &file)
{
    QByteArray bytes = file.text.toUtf8();
    if (file.lineEnd == TextFile::LineEnd::CrLf)
        bytes.replace("\n", "\r\n");
    return file.byteOrderMark ? kByteOrderMark + bytes : bytes;
}

Engine::Result<TextFile> saveTextFile(TextFile file)
{
    const QByteArray bytes = encodedText(file);
    QSaveFile device(file.path);
    errno = 0;
    const auto fail = [&file] { return Failure(fileError(file.path, errno ? errno : EIO, u"cannot save %1: %2"_s)); };
    if (::access(QFile::encodeName(file.path).constData(), F_OK) == 0
        && ::access(QFile::encodeName(file.path).constData(), W_OK) != 0)
        return fail(); // QSaveFile would replace a read-only file of a writable folder
    errno = 0;
    if (!device.open(QIODevice::WriteOnly) || device.write(bytes) != bytes.size() || !device.flush())
        return fail();
    if (!device.commit())
        return fail();
    file.stamp = fileStamp(file.path);
    file.readOnly = false;
    return file;
}

} // namespace Gui
