// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QHashFunctions>
#include <QtCore/QString>

namespace Engine {

//! A content digest, "sha256:" and 64 hex digits (OCI image-spec 1.1, descriptor.md "Digests").
//!
//! Default-constructed it is null. Only parse() and fromSha256Hex() make others, so a digest that is
//! not null is well-formed and safe to use as a file name.
class Digest final
{
public:
    Digest() = default;
    //! \return InvalidInput when \p text is not a sha256 digest
    [[nodiscard]] static Result<Digest> parse(QStringView text);
    //! \p hex must be 64 lower-case hex digits
    [[nodiscard]] static Digest fromSha256Hex(const QByteArray &hex);
    //! Digest of \p bytes. Cost: about 1 GB/s.
    [[nodiscard]] static Digest ofBytes(QByteArrayView bytes);

    bool isNull() const { return m_hex.isEmpty(); }
    QString toString() const; //!< "sha256:…", empty when null
    QString hex() const { return m_hex; }
    QString shortHex() const { return m_hex.left(12); } //!< the 12 digits Docker shows

    bool operator==(const Digest &) const = default;
    auto operator<=>(const Digest &other) const { return m_hex.compare(other.m_hex) <=> 0; }
    friend size_t qHash(const Digest &d, size_t seed = 0) { return ::qHash(d.m_hex, seed); }

private:
    QString m_hex;
};

//! A container's id: 64 hex digits, random. Null when default-constructed.
class ContainerId final
{
public:
    ContainerId() = default;
    explicit ContainerId(QString hex) : m_hex(std::move(hex)) {}
    //! A new random id.
    [[nodiscard]] static ContainerId generate();

    bool isNull() const { return m_hex.isEmpty(); }
    QString toString() const { return m_hex; }
    QString shortId() const { return m_hex.left(12); }

    bool operator==(const ContainerId &) const = default;
    friend size_t qHash(const ContainerId &id, size_t seed = 0) { return ::qHash(id.m_hex, seed); }

private:
    QString m_hex;
};

//! A reference to an image as the distribution project reads it ("familiar" names):
//! "busybox" is docker.io/library/busybox:latest, "localhost:5000/x@sha256:…" names a digest.
struct ImageReference {
    QString domain;     //!< "docker.io", "localhost:5000"
    QString path;       //!< "library/busybox"
    QString tag;        //!< empty when the text gave none
    Digest digest;      //!< null when the text gave none

    //! \return InvalidInput with Docker's words ("invalid reference format …")
    [[nodiscard]] static Result<ImageReference> parse(const QString &text);
    //! The same with tag "latest" where neither tag nor digest was given.
    [[nodiscard]] ImageReference withDefaultTag() const;

    QString name() const { return domain + u'/' + path; }
    QString familiarName() const;   //!< "busybox" for docker.io/library/busybox
    QString familiarString() const; //!< "busybox:latest", "localhost:5000/x@sha256:…"
    QString toString() const;       //!< with the domain: "docker.io/library/busybox:latest"

    bool operator==(const ImageReference &) const = default;
};

} // namespace Engine
