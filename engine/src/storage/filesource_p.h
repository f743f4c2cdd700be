// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytesource_p.h"
#include "base/uniquefd_p.h"

#include <QtCore/QByteArrayView>
#include <QtCore/QString>

namespace Engine::Internal {

//! Reads an open file from where it stands.
class FileSource final : public ByteSource
{
public:
    FileSource(UniqueFd fd, QString name) : m_fd(std::move(fd)), m_name(std::move(name)) {}
    [[nodiscard]] static Result<FileSource> open(const QString &path);
    [[nodiscard]] Result<size_t> read(std::span<char> buffer) override;

private:
    UniqueFd m_fd;
    QString m_name; //!< for errors
};

//! Reads bytes that somebody else keeps alive.
class MemorySource final : public ByteSource
{
public:
    explicit MemorySource(QByteArrayView bytes) : m_bytes(bytes) {}
    [[nodiscard]] Result<size_t> read(std::span<char> buffer) override;

private:
    QByteArrayView m_bytes;
};

} // namespace Engine::Internal
