// SPDX-License-Identifier: GPL-3.0-or-later
#include "oci/patternmatcher_p.h"

#include "base/try_p.h"

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

Failure badPattern(QStringView pattern)
{
    return Failure(Error{.code = ErrorCode::InvalidInput,
                         .object = pattern.toString(),
                         .detail = u"the pattern '%1' is malformed: syntax error in pattern"_s.arg(pattern),
                         .remedy = u"close every '[' with ']' and let no '\\' stand at the end"_s});
}

//! One character of a class, `\` taken away. Advances \p i. \return nothing when the class is malformed there
std::optional<QChar> classCharacter(QStringView pattern, qsizetype *i)
{
    if (*i >= pattern.size() || pattern[*i] == u'-' || pattern[*i] == u']')
        return std::nullopt;
    if (pattern[*i] == u'\\' && ++*i >= pattern.size())
        return std::nullopt;
    const QChar c = pattern[(*i)++];
    if (*i >= pattern.size()) // a class cannot end with the pattern
        return std::nullopt;
    return c;
}

//! Reads `[…]` at \p *i (past the '['). \return nothing when malformed, else whether \p c is in the class
std::optional<bool> matchClass(QStringView pattern, qsizetype *i, QChar c)
{
    const bool negated = *i < pattern.size() && pattern[*i] == u'^';
    *i += negated;
    bool found = false;
    for (int ranges = 0;; ++ranges) {
        if (*i < pattern.size() && pattern[*i] == u']' && ranges > 0) {
            ++*i;
            return found != negated;
        }
        const auto low = classCharacter(pattern, i);
        if (!low)
            return std::nullopt;
        auto high = low;
        if (pattern[*i] == u'-') {
            ++*i;
            high = classCharacter(pattern, i);
            if (!high)
                return std::nullopt;
        }
        found = found || (*low <= c && c <= *high);
    }
}

//! Is every class of \p pattern closed and no escape left open? Go reports that even where nothing could match.
bool isWellFormed(QStringView pattern)
{
    for (qsizetype i = 0; i < pattern.size();) {
        const QChar c = pattern[i++];
        if (c == u'\\' && i++ >= pattern.size())
            return false;
        if (c == u'[' && !matchClass(pattern, &i, QChar()))
            return false;
    }
    return true;
}

// Backtracks to the last '*' only, so its cost is at most pattern × name. Both are well-formed here.
bool globMatches(QStringView pattern, QStringView name)
{
    qsizetype p = 0, n = 0, starPattern = -1, starName = -1;
    while (n < name.size() || p < pattern.size()) {
        bool ok = false;
        if (p < pattern.size()) {
            const QChar c = pattern[p];
            if (c == u'*') {
                starPattern = ++p;
                starName = n;
                continue;
            }
            if (n < name.size()) {
                if (c == u'?') {
                    ok = name[n] != u'/';
                    ++p;
                } else if (c == u'[') {
                    ++p;
                    ok = matchClass(pattern, &p, name[n]).value_or(false);
                } else {
                    p += c == u'\\';
                    ok = pattern[p++] == name[n];
                }
                ++n;
            }
        }
        if (ok)
            continue;
        if (starPattern < 0 || starName >= name.size() || name[starName] == u'/')
            return false;
        p = starPattern;
        n = ++starName;
    }
    return true;
}

//! moby/patternmatcher's translation: `**` spans folders, the rest is path.Match.
void compilePattern(PatternMatcher::Pattern *pattern)
{
    using Kind = PatternMatcher::Pattern::Kind;
    const QString &text = pattern->text;
    QString out = u"^"_s;
    for (qsizetype i = 0, token = 0; i < text.size(); ++token) {
        const QChar c = text[i++];
        if (c == u'*' && i < text.size() && text[i] == u'*') {
            ++i;
            if (i < text.size() && text[i] == u'/')
                ++i;
            if (i == text.size()) { // "**" at the end takes everything below
                if (pattern->kind == Kind::Exact) {
                    pattern->kind = Kind::Prefix;
                } else {
                    out += ".*"_L1;
                    pattern->kind = Kind::Expression;
                }
            } else {
                out += "(.*/)?"_L1;
                pattern->kind = Kind::Expression;
            }
            if (token == 0)
                pattern->kind = Kind::Suffix;
        } else if (c == u'*' || c == u'?') {
            out += c == u'*' ? "[^/]*"_L1 : "[^/]"_L1;
            pattern->kind = Kind::Expression;
        } else if (c == u'\\') {
            if (i < text.size())
                out += QRegularExpression::escape(QStringView(text).mid(i++, 1));
            else
                out += "\\\\"_L1;
            pattern->kind = Kind::Expression;
        } else if (c == u'[' || c == u']') {
            out += c;
            pattern->kind = Kind::Expression;
        } else if (u".+()|{}$"_s.contains(c)) {
            out += u'\\';
            out += c;
        } else {
            out += c;
        }
    }
    if (pattern->kind == Kind::Expression)
        pattern->expression = QRegularExpression(out + "\\z"_L1, QRegularExpression::DotMatchesEverythingOption);
}

} // namespace

QString cleanedPath(const QString &path)
{
    const bool absolute = path.startsWith(u'/');
    QStringList parts;
    for (const QString &part : path.split(u'/', Qt::SkipEmptyParts)) {
        if (part == "."_L1)
            continue;
        if (part != ".."_L1)
            parts += part;
        else if (!parts.isEmpty() && parts.last() != ".."_L1)
            parts.removeLast();
        else if (!absolute)
            parts += part;
    }
    const QString joined = parts.join(u'/');
    if (absolute)
        return u'/' + joined;
    return joined.isEmpty() ? u"."_s : joined;
}

QStringList readIgnoreFile(const QByteArray &text)
{
    QStringList patterns;
    QString decoded = QString::fromUtf8(text);
    if (decoded.startsWith(QChar::ByteOrderMark))
        decoded.remove(0, 1);
    for (const QString &line : decoded.split(u'\n')) {
        QString pattern = line.trimmed();
        if (line.startsWith(u'#') || pattern.isEmpty())
            continue;
        const bool invert = pattern.startsWith(u'!');
        if (invert)
            pattern = pattern.mid(1).trimmed();
        if (!pattern.isEmpty()) {
            pattern = cleanedPath(pattern);
            if (pattern.size() > 1 && pattern.startsWith(u'/'))
                pattern.remove(0, 1);
        }
        patterns += invert ? u'!' + pattern : pattern;
    }
    return patterns;
}

Result<bool> matchesGlob(QStringView pattern, QStringView name)
{
    if (!isWellFormed(pattern))
        return badPattern(pattern);
    return globMatches(pattern, name);
}

bool PatternMatcher::Pattern::matches(QStringView path) const
{
    switch (kind) {
    case Kind::Exact:
        return path == text;
    case Kind::Prefix:
        return path.startsWith(QStringView(text).chopped(2));
    case Kind::Suffix: {
        const QStringView suffix = QStringView(text).mid(2);
        return path.endsWith(suffix) || (suffix.startsWith(u'/') && path == suffix.mid(1));
    }
    case Kind::Expression:
        break;
    }
    return expression.match(path.toString()).hasMatch();
}

Result<PatternMatcher> PatternMatcher::create(const QStringList &patterns)
{
    PatternMatcher matcher;
    for (const QString &written : patterns) {
        QString text = written.trimmed();
        if (text.isEmpty())
            continue;
        text = cleanedPath(text);
        Pattern pattern;
        if (text.startsWith(u'!')) {
            if (text.size() == 1)
                return Failure(Error{.code = ErrorCode::InvalidInput, .object = text, .detail = u"illegal exclusion pattern: \"!\""_s});
            pattern.isExclusion = true;
            matcher.m_hasExclusions = true;
            text.remove(0, 1);
        }
        if (!isWellFormed(text))
            return badPattern(text);
        pattern.text = text;
        compilePattern(&pattern);
        if (pattern.kind == Pattern::Kind::Expression && !pattern.expression.isValid())
            return badPattern(text);
        matcher.m_patterns.push_back(std::move(pattern));
    }
    return matcher;
}

bool PatternMatcher::matches(const QString &path) const
{
    ParentState state;
    bool matched = false;
    for (qsizetype slash = path.indexOf(u'/');; slash = path.indexOf(u'/', slash + 1)) {
        ParentState own;
        matched = matches(slash < 0 ? path : path.left(slash), state, &own);
        if (slash < 0)
            return matched;
        state = std::move(own);
    }
}

bool PatternMatcher::matches(const QString &path, const ParentState &parent, ParentState *own) const
{
    own->assign(m_patterns.size(), false);
    bool matched = false;
    for (size_t i = 0; i < m_patterns.size(); ++i) {
        const Pattern &pattern = m_patterns[i];
        const bool hit = (!parent.empty() && parent[i]) || pattern.matches(path);
        (*own)[i] = hit;
        if (hit)
            matched = !pattern.isExclusion;
    }
    return matched;
}

bool PatternMatcher::matchesDirectly(const QString &path) const
{
    const QStringList parents = path.split(u'/').mid(0, path.count(u'/'));
    bool matched = false;
    for (const Pattern &pattern : m_patterns) {
        if (pattern.isExclusion != matched)
            continue;
        bool hit = pattern.matches(path);
        const qsizetype depth = pattern.text.count(u'/') + 1;
        if (!hit && depth <= parents.size())
            hit = pattern.matches(parents.mid(0, depth).join(u'/'));
        if (hit)
            matched = !pattern.isExclusion;
    }
    return matched;
}

} // namespace Engine::Internal
