// SPDX-License-Identifier: GPL-3.0-or-later
#include "build/copysources_p.h"

#include "base/try_p.h"
#include "storage/sha256_p.h"

#include <QtCore/QFile>

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

bool isPattern(QStringView part)
{
    return part.contains(u'*') || part.contains(u'?') || part.contains(u'[') || part.contains(u'\\');
}

Failure sourceMissing(const FileTree &tree, const QString &source)
{
    Error error{.code = ErrorCode::NotFound, .object = source, .detail = u"\"/%1\" not found in %2"_s.arg(cleanedPath(u'/' + source).mid(1), tree.rootName())};
    const auto *context = dynamic_cast<const ContextTree *>(&tree);
    if (context) {
        error.detail = u"\"/%1\" not found in the build context %2"_s.arg(cleanedPath(u'/' + source).mid(1), tree.rootName());
        error.remedy = u"paths are relative to the build context; check the spelling"_s;
        if (context->isHidden(QFile::encodeName(cleanedPath(u'/' + source).mid(1)))) {
            error.detail = u"\"/%1\" is excluded from the build context by .dockerignore"_s.arg(cleanedPath(u'/' + source).mid(1));
            error.remedy = u"add a line !%1 to .dockerignore"_s.arg(cleanedPath(u'/' + source).mid(1));
        }
    }
    return Failure(error);
}

//! Every path of \p tree that matches \p parts from \p position on, below \p folder.
Result<void> expandPattern(const FileTree &tree, const QByteArray &folder, const QStringList &parts, qsizetype position, QByteArrayList *found)
{
    if (position == parts.size()) {
        *found += folder;
        return {};
    }
    const QByteArray prefix = folder.isEmpty() ? QByteArray() : folder + '/';
    if (!isPattern(parts[position])) {
        const QByteArray path = prefix + QFile::encodeName(parts[position]);
        return tree.resolve(path) ? expandPattern(tree, path, parts, position + 1, found) : Result<void>();
    }
    const auto entry = tree.resolve(folder);
    if (!entry || !entry->isFolder())
        return {};
    for (const TreeEntry &child : ENGINE_TRY(tree.children(entry->path))) {
        const bool matches = ENGINE_TRY(matchesGlob(parts[position], QFile::decodeName(child.name())));
        if (matches)
            ENGINE_TRY(expandPattern(tree, prefix + child.name(), parts, position + 1, found));
    }
    return {};
}

//! Walks what is copied and describes each entry.
struct Describer {
    const FileTree &tree;
    const PatternMatcher &excluded;
    FileDigests &digests;
    const QString &context;
    std::stop_token stop;
    CopyContent content;
    Sha256 hash;

    void field(const QByteArray &bytes)
    {
        const QByteArray length = QByteArray::number(bytes.size()) + ':';
        hash.update({length.constData(), size_t(length.size())});
        hash.update({bytes.constData(), size_t(bytes.size())});
    }

    Result<void> add(const TreeEntry &entry, const QByteArray &name, const QByteArray &relative)
    {
        if (stop.stop_requested())
            return Failure(Error{.code = ErrorCode::Cancelled, .detail = u"cancelled"_s});
        if (!relative.isEmpty() && !excluded.isEmpty() && excluded.matches(QString::fromUtf8(relative)))
            return {};
        const bool isTop = relative.isEmpty() && entry.isFolder(); // whose contents are copied, not its mode
        QByteArray signature = isTop ? QByteArray("folder ") : QByteArray::number(entry.mode, 8) + ' ';
        if (entry.isLink())
            signature += entry.linkTarget;
        else if (entry.isFile())
            signature += ENGINE_TRY(digests.of(tree, entry, context, stop)).hex().toLatin1();
        else if (!entry.isFolder())
            signature += QByteArray::number(quint64(entry.device));
        content.bytes += entry.isFile() ? entry.stamp.sizeBytes : 0;
        field(name);
        field(signature);
        content.entries.insert(entry.path, signature);
        if (!entry.isFolder())
            return {};
        for (const TreeEntry &child : ENGINE_TRY(tree.children(entry.path)))
            ENGINE_TRY(add(child, name + '/' + child.name(), relative.isEmpty() ? child.name() : relative + '/' + child.name()));
        return {};
    }
};

} // namespace

Result<QList<CopySource>> findCopySources(const FileTree &tree, const QStringList &sources)
{
    QList<CopySource> found;
    for (const QString &source : sources) {
        const QString path = cleanedPath(u'/' + source).mid(1);
        QByteArrayList matches;
        if (isPattern(path))
            ENGINE_TRY(expandPattern(tree, {}, path.split(u'/', Qt::SkipEmptyParts), 0, &matches));
        else
            matches += QFile::encodeName(path);
        for (const QByteArray &match : std::as_const(matches)) {
            const auto entry = tree.resolve(match);
            if (!entry)
                return sourceMissing(tree, source);
            found += CopySource{*entry, match.mid(match.lastIndexOf('/') + 1)};
        }
    }
    return found;
}

Result<CopyContent> describeContent(const FileTree &tree, const QList<CopySource> &sources, const PatternMatcher &excluded, FileDigests &digests,
                                    const QString &context, std::stop_token stop)
{
    Describer describer{tree, excluded, digests, context, std::move(stop), {}, {}};
    for (const CopySource &source : sources) {
        // A folder's own name does not matter, as its contents are what is copied.
        ENGINE_TRY(describer.add(source.entry, source.entry.isFolder() ? QByteArray("/") : source.name, {}));
    }
    describer.content.digest = describer.hash.finish();
    return std::move(describer.content);
}

} // namespace Engine::Internal
