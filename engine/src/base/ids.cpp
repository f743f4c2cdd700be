// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/ids.h>

#include "base/try_p.h"

#include <QtCore/QList>

#include <nettle/sha2.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>

using namespace Qt::StringLiterals;

namespace Engine {
namespace {

constexpr qsizetype sha256HexDigits = 64;

bool isLowerHexDigit(QChar c)
{
    return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f');
}

bool isLowerHex(QStringView text)
{
    return std::all_of(text.begin(), text.end(), isLowerHexDigit);
}

bool isHexDigit(QChar c)
{
    return isLowerHexDigit(c) || (c >= u'A' && c <= u'F');
}

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

bool isLetter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z');
}

bool isAlphaNumeric(QChar c)
{
    return isDigit(c) || isLetter(c);
}

bool isLowerAlphaNumeric(QChar c)
{
    return isDigit(c) || (c >= u'a' && c <= u'z');
}

// The recognisers below follow the grammar at the top of distribution/reference v0.6, reference.go. They are written
// out because each process start parses a few references and compiling regular expressions would cost more than that.

// domain-component := /([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])/
bool isDomainComponent(QStringView text)
{
    return !text.isEmpty() && isAlphaNumeric(text.front()) && isAlphaNumeric(text.back())
           && std::all_of(text.begin(), text.end(), [](QChar c) { return isAlphaNumeric(c) || c == u'-'; });
}

// host := domain-name | IPv4address | \[ IPv6address \]
bool isHost(QStringView text)
{
    if (text.startsWith(u'[')) {
        const auto inner = text.mid(1).chopped(text.endsWith(u']') ? 1 : 0);
        return text.endsWith(u']') && !inner.isEmpty()
               && std::all_of(inner.begin(), inner.end(), [](QChar c) { return isHexDigit(c) || c == u':'; });
    }
    const auto components = text.split(u'.');
    return std::all_of(components.begin(), components.end(), isDomainComponent);
}

// domain := host [':' port-number]
bool isDomain(QStringView text)
{
    const auto colon = text.lastIndexOf(u':');
    if (colon < 0 || text.endsWith(u']')) // the colons of a bare IPv6 address
        return isHost(text);
    const auto port = text.mid(colon + 1);
    return !port.isEmpty() && std::all_of(port.begin(), port.end(), isDigit) && isHost(text.left(colon));
}

// path-component := alpha-numeric [separator alpha-numeric]*, separator := /[_.]|__|[-]*/
bool isPathComponent(QStringView text)
{
    if (text.isEmpty() || !isLowerAlphaNumeric(text.front()) || !isLowerAlphaNumeric(text.back()))
        return false;
    for (qsizetype i = 0; i < text.size();) {
        const auto begin = i;
        while (i < text.size() && isLowerAlphaNumeric(text[i]))
            ++i;
        if (i > begin)
            continue;
        while (i < text.size() && !isLowerAlphaNumeric(text[i]))
            ++i;
        const auto separator = text.mid(begin, i - begin);
        const bool dashes = std::all_of(separator.begin(), separator.end(), [](QChar c) { return c == u'-'; });
        if (!dashes && separator != "."_L1 && separator != "_"_L1 && separator != "__"_L1)
            return false;
    }
    return true;
}

bool isPath(QStringView text)
{
    const auto components = text.split(u'/');
    return std::all_of(components.begin(), components.end(), isPathComponent);
}

// tag := /[\w][\w.-]{0,127}/
bool isTag(QStringView text)
{
    const auto isWord = [](QChar c) { return isAlphaNumeric(c) || c == u'_'; };
    return !text.isEmpty() && text.size() <= 128 && isWord(text.front())
           && std::all_of(text.begin(), text.end(), [&](QChar c) { return isWord(c) || c == u'.' || c == u'-'; });
}

// digest := algorithm ':' 32 or more hex digits, algorithm := component [[+.-_] component]*
bool isDigestForm(QStringView text)
{
    const auto colon = text.indexOf(u':');
    const auto hex = text.mid(colon + 1);
    if (colon <= 0 || hex.size() < 32 || !std::all_of(hex.begin(), hex.end(), isHexDigit))
        return false;
    bool atStart = true; // of an algorithm component, which begins with a letter
    for (const QChar c : text.left(colon)) {
        if (atStart ? !isLetter(c) : !(isAlphaNumeric(c) || QStringView(u"+.-_").contains(c)))
            return false;
        atStart = !isAlphaNumeric(c);
    }
    return !atStart;
}

Failure invalidReference(const QString &text, const QString &detail = u"invalid reference format"_s)
{
    return Failure(Error{.code = ErrorCode::InvalidInput,
                         .object = text,
                         .detail = detail,
                         .remedy = u"Write an image as name, name:tag or registry/name:tag; names are lower case"_s});
}

struct DomainAndRest {
    QString domain;
    QString rest;
};

// What `docker pull` takes for granted: docker.io, and library/ for names of one part (normalize.go, splitDockerDomain).
DomainAndRest splitDockerDomain(const QString &text)
{
    const auto defaultDomain = u"docker.io"_s;
    const auto slash = text.indexOf(u'/');
    if (slash < 0)
        return {defaultDomain, "library/"_L1 + text};
    const auto first = text.left(slash);
    const bool isRegistry = first == "localhost"_L1 || first.contains(u'.') || first.contains(u':') || first != first.toLower();
    DomainAndRest split = isRegistry ? DomainAndRest{first, text.mid(slash + 1)} : DomainAndRest{defaultDomain, text};
    if (split.domain == "index.docker.io"_L1)
        split.domain = defaultDomain;
    if (split.domain == defaultDomain && !split.rest.contains(u'/'))
        split.rest.prepend("library/"_L1);
    return split;
}

// go-digest's checks, in its order and words; Slipway's store keeps sha256 only.
Result<Digest> parseReferenceDigest(const QString &text, QStringView digest)
{
    const auto algorithm = digest.left(digest.indexOf(u':'));
    const auto hex = digest.mid(algorithm.size() + 1);
    if (algorithm == "sha512"_L1 || algorithm == "sha384"_L1) {
        return Failure(Error{.code = ErrorCode::Unsupported,
                             .object = text,
                             .detail = u"%1 digests are not supported: %2"_s.arg(algorithm, text),
                             .remedy = u"Name the image by its sha256 digest"_s});
    }
    if (algorithm != "sha256"_L1)
        return invalidReference(text, u"unsupported digest algorithm"_s);
    if (hex.size() != sha256HexDigits)
        return invalidReference(text, u"invalid checksum digest length"_s);
    if (!isLowerHex(hex))
        return invalidReference(text, u"invalid checksum digest format"_s);
    return Digest::fromSha256Hex(hex.toLatin1());
}

QString toHex(const unsigned char *bytes, size_t count)
{
    return QString::fromLatin1(QByteArray::fromRawData(reinterpret_cast<const char *>(bytes), qsizetype(count)).toHex());
}

} // namespace

Result<Digest> Digest::parse(QStringView text)
{
    const auto hex = text.mid(7);
    if (!text.startsWith("sha256:"_L1) || hex.size() != sha256HexDigits || !isLowerHex(hex)) {
        return Failure(Error{.code = ErrorCode::InvalidInput,
                             .object = text.toString(),
                             .detail = u"\"%1\" is not a sha256 digest"_s.arg(text.left(160))});
    }
    return fromSha256Hex(hex.toLatin1());
}

Digest Digest::fromSha256Hex(const QByteArray &hex)
{
    Q_ASSERT(hex.size() == sha256HexDigits);
    Digest digest;
    digest.m_hex = QString::fromLatin1(hex);
    Q_ASSERT(isLowerHex(digest.m_hex));
    return digest;
}

Digest Digest::ofBytes(QByteArrayView bytes)
{
    std::array<uint8_t, SHA256_DIGEST_SIZE> sum{};
    sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, size_t(bytes.size()), reinterpret_cast<const uint8_t *>(bytes.data()));
    sha256_digest(&context, sum.size(), sum.data());
    Digest digest;
    digest.m_hex = toHex(sum.data(), sum.size());
    return digest;
}

QString Digest::toString() const
{
    return isNull() ? QString() : "sha256:"_L1 + m_hex;
}

ContainerId ContainerId::generate()
{
    std::array<unsigned char, 32> bytes{};
    for (;;) {
        // Up to 256 bytes come whole, except when a signal arrives before the kernel's pool is ready.
        if (::getrandom(bytes.data(), bytes.size(), 0) == ssize_t(bytes.size()))
            break;
        if (errno != EINTR)
            qFatal("getrandom: errno %d", errno);
    }
    // All digits decimal would make the short id a number, which `docker run --hostname` and DNS dislike; as Docker does.
    const auto hex = toHex(bytes.data(), bytes.size());
    const auto first = QStringView(hex).left(12);
    return std::all_of(first.begin(), first.end(), isDigit) ? generate() : ContainerId(hex);
}

Result<ImageReference> ImageReference::parse(const QString &text)
{
    if (text.size() == sha256HexDigits && isLowerHex(text)) {
        return invalidReference(
            text, u"invalid repository name (%1), cannot specify 64-byte hexadecimal strings"_s.arg(text));
    }
    const auto [domain, rest] = splitDockerDomain(text);
    const auto remote = rest.left(rest.indexOf(u':'));
    if (remote != remote.toLower()) {
        return invalidReference(
            text, u"invalid reference format: repository name (%1) must be lowercase"_s.arg(remote));
    }

    const auto at = rest.indexOf(u'@');
    const auto beforeDigest = QStringView(rest).left(at < 0 ? rest.size() : at);
    const auto colon = beforeDigest.indexOf(u':');
    const auto path = beforeDigest.left(colon < 0 ? beforeDigest.size() : colon);
    const bool tagFits = colon < 0 || isTag(beforeDigest.mid(colon + 1));
    const bool digestFits = at < 0 || isDigestForm(QStringView(rest).mid(at + 1));
    if (!isDomain(domain) || !isPath(path) || !tagFits || !digestFits)
        return invalidReference(text);
    if (path.size() > 255)
        return invalidReference(text, u"repository name must not be more than 255 characters"_s);

    ImageReference reference{.domain = domain, .path = path.toString(), .tag = {}, .digest = {}};
    if (colon >= 0)
        reference.tag = beforeDigest.mid(colon + 1).toString();
    if (at >= 0)
        reference.digest = ENGINE_TRY(parseReferenceDigest(text, QStringView(rest).mid(at + 1)));
    return reference;
}

ImageReference ImageReference::withDefaultTag() const
{
    ImageReference reference = *this;
    if (reference.tag.isEmpty() && reference.digest.isNull())
        reference.tag = u"latest"_s;
    return reference;
}

QString ImageReference::familiarName() const
{
    if (domain != "docker.io"_L1)
        return name();
    const auto official = "library/"_L1;
    const bool short_ = path.startsWith(official) && !QStringView(path).mid(official.size()).contains(u'/');
    return short_ ? path.mid(official.size()) : path;
}

namespace {
QString withTagAndDigest(QString name, const ImageReference &reference)
{
    if (!reference.tag.isEmpty())
        name += u':' + reference.tag;
    if (!reference.digest.isNull())
        name += u'@' + reference.digest.toString();
    return name;
}
} // namespace

QString ImageReference::familiarString() const
{
    return withTagAndDigest(familiarName(), *this);
}

QString ImageReference::toString() const
{
    return withTagAndDigest(name(), *this);
}

} // namespace Engine
