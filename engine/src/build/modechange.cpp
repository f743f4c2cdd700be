// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/modechange_p.h"

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr mode_t permissionBits = 07777;
constexpr mode_t userBits = S_ISUID | S_IRWXU;
constexpr mode_t groupBits = S_ISGID | S_IRWXG;
constexpr mode_t otherBits = S_IRWXO;
constexpr mode_t executeBits = S_IXUSR | S_IXGRP | S_IXOTH;
constexpr mode_t withoutWho = mode_t(permissionBits & ~022); // chmod(1): the umask decides; a build's is 022

//! The three bits of one class, for all three.
mode_t forEverybody(mode_t three)
{
    return (three << 6) | (three << 3) | three;
}

mode_t permissionsOf(char who, mode_t mode)
{
    return forEverybody((mode >> (who == 'u' ? 6 : who == 'g' ? 3 : 0)) & 7);
}

} // namespace

Result<ModeChange> ModeChange::parse(const QString &text)
{
    ModeChange change;
    bool isOctal = false;
    const uint mode = text.toUInt(&isOctal, 8);
    bool isValid = isOctal && mode <= permissionBits;
    if (isValid) {
        change.m_clauses += Clause{.who = permissionBits, .operation = '=', .bits = mode};
    } else if (!text.isEmpty() && !text.front().isDigit()) {
        isValid = true;
        for (const QStringView clause : QStringView(text).split(u','))
            isValid = isValid && parseClause(clause, &change.m_clauses);
    }
    if (!isValid) {
        return Failure(Error{.code = ErrorCode::InvalidInput, .object = text,
                             .detail = u"invalid chmod parameter: '%1'. it should be octal string and between 0 and 07777"_s.arg(text),
                             .remedy = u"write a mode like 644, 0755 or u=rwX,go=rX"_s});
    }
    return change;
}

bool ModeChange::parseClause(QStringView text, QList<Clause> *clauses)
{
    qsizetype at = 0;
    mode_t who = 0;
    for (; at < text.size() && QStringView(u"ugoa").contains(text[at]); ++at)
        who |= text[at] == u'u' ? userBits : text[at] == u'g' ? groupBits : text[at] == u'o' ? otherBits : mode_t(permissionBits);
    if (who & otherBits)
        who |= S_ISVTX;
    if (who == 0)
        who = withoutWho;
    const qsizetype firstOperation = at;
    while (at < text.size()) {
        if (!QStringView(u"+-=").contains(text[at]))
            return false;
        Clause clause{.who = who, .operation = char(text[at++].unicode())};
        for (; at < text.size() && !QStringView(u"+-=").contains(text[at]); ++at) {
            switch (text[at].unicode()) {
            case u'r': clause.bits |= forEverybody(4); break;
            case u'w': clause.bits |= forEverybody(2); break;
            case u'x': clause.bits |= forEverybody(1); break;
            case u'X': clause.conditionalX = true; break;
            case u's': clause.bits |= S_ISUID | S_ISGID; break;
            case u't': clause.bits |= S_ISVTX; break;
            case u'u': case u'g': case u'o': clause.copied = char(text[at].unicode()); break;
            default: return false;
            }
        }
        *clauses += clause;
    }
    return at > firstOperation;
}

mode_t ModeChange::applyTo(mode_t mode) const
{
    mode_t result = mode & permissionBits;
    for (const Clause &clause : m_clauses) {
        mode_t bits = clause.bits;
        if (clause.conditionalX && (S_ISDIR(mode) || (result & executeBits)))
            bits |= executeBits;
        if (clause.copied)
            bits |= permissionsOf(clause.copied, result);
        bits &= clause.who;
        if (clause.operation == '+')
            result |= bits;
        else if (clause.operation == '-')
            result &= ~bits;
        else
            result = (result & ~clause.who) | bits;
    }
    return result;
}

} // namespace Engine::Internal
