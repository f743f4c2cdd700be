// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry/challenge_p.h"

#include <optional>

namespace Engine::Internal {

namespace {

// Walks over a header by the grammar's tokens.
class HeaderCursor
{
public:
    explicit HeaderCursor(QByteArrayView text) : m_text(text) {}

    bool atEnd() const { return m_position >= m_text.size(); }
    char peek() const { return atEnd() ? '\0' : m_text[m_position]; }

    bool skip(char expected)
    {
        if (peek() != expected)
            return false;
        ++m_position;
        return true;
    }

    void skipBlanks()
    {
        while (peek() == ' ' || peek() == '\t')
            ++m_position;
    }

    void skipBlanksAndCommas()
    {
        while (peek() == ' ' || peek() == '\t' || peek() == ',' || peek() == '\n')
            ++m_position;
    }

    QByteArrayView token()
    {
        const qsizetype start = m_position;
        while (!atEnd() && isTokenCharacter(peek()))
            ++m_position;
        return m_text.sliced(start, m_position - start);
    }

    std::optional<QByteArray> quotedString()
    {
        if (!skip('"'))
            return std::nullopt;
        QByteArray value;
        while (!atEnd()) {
            char c = m_text[m_position++];
            if (c == '"')
                return value;
            if (c == '\\' && !atEnd())
                c = m_text[m_position++];
            value.append(c);
        }
        return std::nullopt;
    }

    //! name "=" value; leaves the cursor where it was when that is not what comes next.
    std::optional<std::pair<QString, QString>> parameter()
    {
        const qsizetype start = m_position;
        const QByteArrayView name = token();
        skipBlanks();
        if (!name.isEmpty() && skip('=')) {
            skipBlanks();
            if (peek() == '"') {
                if (auto value = quotedString())
                    return std::pair(QString::fromLatin1(name).toLower(), QString::fromUtf8(*value));
            } else if (const QByteArrayView value = token(); !value.isEmpty()) {
                return std::pair(QString::fromLatin1(name).toLower(), QString::fromLatin1(value));
            }
        }
        m_position = start;
        return std::nullopt;
    }

private:
    static bool isTokenCharacter(char c)
    {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
    }

    QByteArrayView m_text;
    qsizetype m_position = 0;
};

} // namespace

QList<Challenge> parseChallenges(QByteArrayView header)
{
    QList<Challenge> challenges;
    HeaderCursor cursor(header);
    cursor.skipBlanksAndCommas();
    while (!cursor.atEnd()) {
        const QByteArrayView scheme = cursor.token();
        if (scheme.isEmpty())
            break;
        Challenge challenge{.scheme = QString::fromLatin1(scheme).toLower(), .parameters = {}};
        cursor.skipBlanksAndCommas();
        while (auto parameter = cursor.parameter()) {
            challenge.parameters.insert(parameter->first, parameter->second);
            cursor.skipBlanksAndCommas();
        }
        challenges.append(std::move(challenge));
    }
    return challenges;
}

} // namespace Engine::Internal
