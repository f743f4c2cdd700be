// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry/registriesconf_p.h"

#include "base/try_p.h"
#include "linux/syscalls_p.h"
#include "registry/httpclient_p.h"

#include <QtCore/QDir>
#include <QtCore/QMap>

#include <variant>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

// A value of the subset of TOML (1.0) that registries.conf uses; arrays and numbers are recognised and left alone.
using TomlValue = std::variant<std::monostate, QString, bool>;

class RegistriesConfParser
{
public:
    RegistriesConfParser(QByteArrayView content, QString fileName)
        : m_text(QString::fromUtf8(content)), m_fileName(std::move(fileName)) {}

    Result<QList<RegistryEntry>> parse()
    {
        for (skipBlank(); !atEnd(); skipBlank()) {
            if (peek() == u'[')
                ENGINE_TRY(parseTable());
            else
                ENGINE_TRY(parseAssignment());
            ENGINE_TRY(expectLineEnd());
        }
        return finished();
    }

private:
    enum class Table { Registry, Mirror, Other };

    bool atEnd() const { return m_position >= m_text.size(); }
    QChar peek() const { return atEnd() ? QChar() : m_text[m_position]; }

    Failure failure(const QString &reason) const
    {
        const int line = int(QStringView(m_text).first(std::min(m_position, m_text.size())).count(u'\n')) + 1;
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = m_fileName,
                             .detail = u"%1, line %2: %3"_s.arg(m_fileName).arg(line).arg(reason),
                             .remedy = u"Correct the file; containers-registries.conf(5) describes it."_s});
    }

    void skipSpaces()
    {
        while (peek() == u' ' || peek() == u'\t')
            ++m_position;
    }

    void skipBlank()
    {
        while (!atEnd() && (peek().isSpace() || peek() == u'#')) {
            if (peek() == u'#')
                skipComment();
            else
                ++m_position;
        }
    }

    void skipComment()
    {
        while (!atEnd() && peek() != u'\n')
            ++m_position;
    }

    Result<void> expectLineEnd()
    {
        skipSpaces();
        if (peek() == u'#')
            skipComment();
        if (peek() == u'\r')
            ++m_position;
        if (!atEnd() && peek() != u'\n')
            return failure(u"unexpected text after the value"_s);
        return {};
    }

    Result<void> parseTable()
    {
        const qsizetype end = m_text.indexOf(u'\n', m_position);
        QString header = m_text.mid(m_position, end < 0 ? -1 : end - m_position);
        if (const qsizetype comment = header.indexOf(u'#'); comment >= 0)
            header.truncate(comment);
        header.remove(u' ').remove(u'\t').remove(u'\r');
        const bool isArray = header.startsWith("[["_L1);
        if (!header.endsWith(isArray ? "]]"_L1 : "]"_L1))
            return failure(u"this table header is not closed"_s);
        m_position = end < 0 ? m_text.size() : end;
        if (header == "[[registry]]"_L1) {
            m_entries.append(RegistryEntry());
            m_table = Table::Registry;
        } else if (header == "[[registry.mirror]]"_L1) {
            if (m_entries.isEmpty())
                return failure(u"[[registry.mirror]] comes before any [[registry]]"_s);
            m_entries.last().mirrors.append(MirrorEntry());
            m_table = Table::Mirror;
        } else {
            m_table = Table::Other;
        }
        return {};
    }

    Result<void> parseAssignment()
    {
        QString key;
        if (peek() == u'"' || peek() == u'\'')
            key = ENGINE_TRY(parseString());
        while (peek().isLetterOrNumber() || peek() == u'-' || peek() == u'_' || peek() == u'.') {
            key.append(peek());
            ++m_position;
        }
        skipSpaces();
        if (key.isEmpty() || peek() != u'=')
            return failure(u"expected \"name = value\""_s);
        ++m_position;
        skipSpaces();
        const TomlValue value = ENGINE_TRY(parseValue());
        if (m_table == Table::Registry)
            return assignToRegistry(m_entries.last(), key, value);
        if (m_table == Table::Mirror)
            return assignToMirror(m_entries.last().mirrors.last(), key, value);
        return {};
    }

    Result<TomlValue> parseValue()
    {
        if (peek() == u'"' || peek() == u'\'')
            return TomlValue(ENGINE_TRY(parseString()));
        if (peek() == u'[' || peek() == u'{') {
            ENGINE_TRY(skipBracketed());
            return TomlValue();
        }
        const qsizetype start = m_position;
        while (!atEnd() && !peek().isSpace() && peek() != u'#')
            ++m_position;
        const QStringView word = QStringView(m_text).sliced(start, m_position - start);
        if (word == "true"_L1 || word == "false"_L1)
            return TomlValue(word == "true"_L1);
        if (!word.isEmpty() && (word[0].isDigit() || word[0] == u'+' || word[0] == u'-'))
            return TomlValue();
        return failure(u"expected a value"_s);
    }

    Result<QString> parseString()
    {
        const QChar quote = peek();
        if (QStringView(m_text).sliced(m_position).startsWith(QString(3, quote)))
            return failure(u"strings over several lines are not supported here"_s);
        ++m_position;
        QString value;
        while (!atEnd() && peek() != u'\n') {
            const QChar c = m_text[m_position++];
            if (c == quote)
                return value;
            if (c == u'\\' && quote == u'"') {
                const QChar escaped = peek();
                if (escaped != u'"' && escaped != u'\\')
                    return failure(u"unknown escape in a string"_s);
                value.append(escaped);
                ++m_position;
            } else {
                value.append(c);
            }
        }
        return failure(u"this string is not closed"_s);
    }

    // Arrays and inline tables hold nothing that is read here; strings inside them may hold brackets and '#'.
    Result<void> skipBracketed()
    {
        int depth = 0;
        while (!atEnd()) {
            const QChar c = peek();
            if (c == u'"' || c == u'\'') {
                ENGINE_TRY(parseString());
                continue;
            }
            if (c == u'#') {
                skipComment();
                continue;
            }
            depth += (c == u'[' || c == u'{') ? 1 : (c == u']' || c == u'}') ? -1 : 0;
            ++m_position;
            if (depth == 0)
                return {};
        }
        return failure(u"this array is not closed"_s);
    }

    template<typename T>
    Result<void> take(T &target, const QString &key, const TomlValue &value) const
    {
        const T *given = std::get_if<T>(&value);
        if (!given)
            return failure(u"\"%1\" must be %2"_s.arg(key, std::is_same_v<T, bool> ? u"true or false"_s : u"a string"_s));
        target = *given;
        return {};
    }

    Result<void> assignToRegistry(RegistryEntry &entry, const QString &key, const TomlValue &value) const
    {
        if (key == "prefix"_L1)
            return take(entry.prefix, key, value);
        if (key == "location"_L1)
            return take(entry.location, key, value);
        if (key == "insecure"_L1)
            return take(entry.insecure, key, value);
        if (key == "blocked"_L1)
            return take(entry.blocked, key, value);
        if (key == "mirror-by-digest-only"_L1)
            return take(entry.mirrorsByDigestOnly, key, value);
        return {};
    }

    Result<void> assignToMirror(MirrorEntry &entry, const QString &key, const TomlValue &value) const
    {
        if (key == "location"_L1)
            return take(entry.location, key, value);
        if (key == "insecure"_L1)
            return take(entry.insecure, key, value);
        if (key == "pull-from-mirror"_L1) {
            QString which;
            ENGINE_TRY(take(which, key, value));
            entry.digestsOnly = which == "digest-only"_L1;
            entry.tagsOnly = which == "tag-only"_L1;
        }
        return {};
    }

    Result<QList<RegistryEntry>> finished()
    {
        for (RegistryEntry &entry : m_entries) {
            if (entry.prefix.isEmpty())
                entry.prefix = entry.location;
            if (entry.prefix.isEmpty())
                return failure(u"a [[registry]] has neither prefix nor location"_s);
            for (const MirrorEntry &mirror : std::as_const(entry.mirrors)) {
                if (mirror.location.isEmpty())
                    return failure(u"a [[registry.mirror]] of %1 has no location"_s.arg(entry.prefix));
            }
        }
        return m_entries;
    }

    QString m_text;
    QString m_fileName;
    qsizetype m_position = 0;
    Table m_table = Table::Other;
    QList<RegistryEntry> m_entries;
};

Result<QList<RegistryEntry>> entriesOfFile(const QString &file)
{
    const auto content = readFile(file, 1024 * 1024);
    if (!content) {
        if (content.error().code == ErrorCode::NotFound)
            return QList<RegistryEntry>();
        return Failure(content.error());
    }
    return parseRegistriesConf(*content, file);
}

void mergeEntries(QList<RegistryEntry> &into, const QList<RegistryEntry> &added)
{
    for (const RegistryEntry &entry : added) {
        into.removeIf([&](const RegistryEntry &old) { return old.prefix == entry.prefix; });
        into.append(entry);
    }
}

// How much of "host/path" the prefix covers, 0 when it does not match.
qsizetype matchLength(const QString &prefix, const ImageReference &reference)
{
    if (prefix.startsWith("*."_L1))
        return reference.domain.endsWith(QStringView(prefix).sliced(1)) ? reference.domain.size() : 0;
    const QString name = reference.name();
    if (!name.startsWith(prefix))
        return 0;
    return name.size() == prefix.size() || name[prefix.size()] == u'/' ? prefix.size() : 0;
}

RegistryEndpoint endpointAt(const QString &location, const QString &rest, bool insecure, bool isMirror)
{
    const QString full = location + rest;
    const qsizetype slash = full.indexOf(u'/');
    RegistryEndpoint endpoint{.host = full.left(slash), .path = full.mid(slash + 1), .insecure = insecure, .isMirror = isMirror};
    if (endpoint.host == "docker.io"_L1)
        endpoint.host = u"registry-1.docker.io"_s;
    endpoint.insecure = endpoint.insecure || isLoopbackHost(QUrl(u"//"_s + endpoint.host).host());
    return endpoint;
}

} // namespace

Result<QList<RegistryEntry>> parseRegistriesConf(QByteArrayView content, const QString &fileName)
{
    return RegistriesConfParser(content, fileName).parse();
}

Result<QList<RegistryEntry>> loadRegistriesConf()
{
    return loadRegistriesConf({u"/etc/containers"_s, QDir::homePath() + u"/.config/containers"_s});
}

Result<QList<RegistryEntry>> loadRegistriesConf(const QStringList &folders)
{
    QList<RegistryEntry> entries;
    QMap<QString, QString> dropIns; // by file name: a user's file replaces the system's of the same name
    for (const QString &folder : folders) {
        const QString main = folder + u"/registries.conf"_s;
        if (QFileInfo::exists(main))
            entries = ENGINE_TRY(entriesOfFile(main));
        const QDir dropInFolder(main + u".d"_s);
        for (const QString &name : dropInFolder.entryList({u"*.conf"_s}, QDir::Files))
            dropIns.insert(name, dropInFolder.filePath(name));
    }
    for (const QString &file : std::as_const(dropIns))
        mergeEntries(entries, ENGINE_TRY(entriesOfFile(file)));
    return entries;
}

Result<QList<RegistryEndpoint>> endpointsFor(const ImageReference &reference, const QList<RegistryEntry> &entries)
{
    const RegistryEntry *best = nullptr;
    qsizetype bestLength = 0;
    for (const RegistryEntry &entry : entries) {
        if (const qsizetype length = matchLength(entry.prefix, reference); length > bestLength) {
            best = &entry;
            bestLength = length;
        }
    }
    if (!best)
        return QList{endpointAt(reference.domain, u'/' + reference.path, false, false)};
    if (best->blocked) {
        return Failure(Error{.code = ErrorCode::PermissionDenied, .object = reference.familiarName(),
                             .detail = u"registries.conf blocks pulling from %1"_s.arg(best->prefix),
                             .remedy = u"Ask the administrator of this machine, or pull from another registry."_s});
    }
    const QString rest = reference.name().mid(bestLength);
    QList<RegistryEndpoint> endpoints;
    for (const MirrorEntry &mirror : best->mirrors) {
        const bool digestsOnly = mirror.digestsOnly || best->mirrorsByDigestOnly;
        const bool byDigest = !reference.digest.isNull();
        if ((digestsOnly && !byDigest) || (mirror.tagsOnly && byDigest))
            continue;
        endpoints.append(endpointAt(mirror.location, rest, mirror.insecure, true));
    }
    const bool isWildcard = best->prefix.startsWith("*."_L1) && best->location.isEmpty();
    endpoints.append(endpointAt(best->location.isEmpty() || isWildcard ? reference.name().left(bestLength) : best->location, rest,
                                best->insecure, false));
    return endpoints;
}

} // namespace Engine::Internal
