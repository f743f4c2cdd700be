// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/containertable_p.h"

#include "base/try_p.h"
#include "runtime/names_p.h"

using namespace Qt::StringLiterals;

namespace Engine::Internal {

namespace {

constexpr const char *selection = "SELECT id, name, image_id, layer, created, document FROM containers ";
constexpr int nameAttempts = 20;

Result<Statement> select(const Database &database, const char *clauses)
{
    return database.prepare((QByteArray(selection) + clauses).constData());
}

//! A column of 64 hex digits.
Digest digestColumn(const Statement &row, int column)
{
    const QString hex = row.text(column);
    return hex.isEmpty() ? Digest() : Digest::parse("sha256:"_L1 + hex).value_or(Digest());
}

Result<ContainerRecord> readRow(const Statement &row)
{
    ContainerRecord record;
    record.id = ContainerId(row.text(0));
    record.name = row.text(1);
    record.imageId = digestColumn(row, 2);
    record.layer = digestColumn(row, 3);
    record.createdMs = row.integer(4);
    ENGINE_TRY(readDocument(record, row.text(5)));
    return record;
}

Failure notFound(const QString &idOrName)
{
    return Failure(Error{.code = ErrorCode::NotFound, .object = idOrName, .detail = u"No such container: %1"_s.arg(idOrName),
                         .remedy = u"slipway ps --all"_s});
}

Result<bool> isNameTaken(Database &database, const QString &name, QString *owner)
{
    Statement query = ENGINE_TRY(database.prepare("SELECT id FROM containers WHERE name = ?1"));
    query.bind(1, name);
    const bool taken = ENGINE_TRY(query.step());
    if (taken)
        *owner = query.text(0);
    return taken;
}

Failure nameConflict(const QString &name, const QString &owner)
{
    return Failure(Error{.code = ErrorCode::AlreadyExists, .object = name,
                         .detail = u"Conflict. The container name \"/%1\" is already in use by container \"%2\""_s.arg(name, owner),
                         .remedy = u"Remove or rename that container, or choose another name"_s});
}

Result<QString> freeName(Database &database)
{
    QString owner;
    for (int attempt = 0; attempt < nameAttempts; ++attempt) {
        const QString name = generateContainerName(attempt);
        if (!ENGINE_TRY(isNameTaken(database, name, &owner)))
            return name;
    }
    return u"container_"_s + ContainerId::generate().shortId(); // ten thousand containers later
}

} // namespace

Result<void> ContainerTable::insert(ContainerRecord &record) const
{
    return m_store.database().transaction([&](Database &database) -> Result<void> {
        QString owner;
        if (record.name.isEmpty())
            record.name = ENGINE_TRY(freeName(database));
        else if (ENGINE_TRY(isNameTaken(database, record.name, &owner)))
            return nameConflict(record.name, owner);
        record.document = toDocument(record);
        Statement insertion = ENGINE_TRY(database.prepare(
            "INSERT INTO containers (id, name, image_id, layer, created, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
        insertion.bind(1, record.id.toString()).bind(2, record.name);
        if (record.imageId.isNull())
            insertion.bindNull(3);
        else
            insertion.bind(3, record.imageId.hex());
        if (record.layer.isNull())
            insertion.bindNull(4);
        else
            insertion.bind(4, record.layer.hex());
        insertion.bind(5, record.createdMs).bind(6, record.document);
        ENGINE_TRY(insertion.run());
        return m_store.recordEvent("container", u"create"_s, record.id.toString(), record.name);
    });
}

Result<ContainerRecord> ContainerTable::find(const QString &idOrName) const
{
    QString name = idOrName;
    if (name.startsWith(u'/'))
        name.remove(0, 1); // `docker inspect` shows "/name"
    if (name.isEmpty())
        return notFound(idOrName);
    Result<ContainerRecord> found = notFound(idOrName);
    ENGINE_TRY(m_store.database().reading([&](Database &database) -> Result<void> {
        Statement exact = ENGINE_TRY(select(database, "WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC LIMIT 1"));
        exact.bind(1, name);
        if (ENGINE_TRY(exact.step())) {
            found = readRow(exact);
            return {};
        }
        Statement prefix = ENGINE_TRY(select(database, "WHERE substr(id, 1, length(?1)) = ?1 LIMIT 2"));
        prefix.bind(1, name);
        if (!ENGINE_TRY(prefix.step()))
            return {};
        found = readRow(prefix);
        if (ENGINE_TRY(prefix.step()))
            found = Failure(Error{.code = ErrorCode::InvalidInput, .object = idOrName,
                                  .detail = u"multiple IDs found with provided prefix: %1"_s.arg(idOrName),
                                  .remedy = u"Give more digits of the id, or the name"_s});
        return {};
    }));
    return found;
}

Result<std::optional<ContainerRecord>> ContainerTable::get(const ContainerId &id) const
{
    std::optional<ContainerRecord> found;
    ENGINE_TRY(m_store.database().reading([&](Database &database) -> Result<void> {
        Statement query = ENGINE_TRY(select(database, "WHERE id = ?1"));
        query.bind(1, id.toString());
        if (ENGINE_TRY(query.step()))
            found = ENGINE_TRY(readRow(query));
        return {};
    }));
    return found;
}

Result<QList<ContainerRecord>> ContainerTable::list() const
{
    QList<ContainerRecord> records;
    ENGINE_TRY(m_store.database().reading([&](Database &database) -> Result<void> {
        Statement query = ENGINE_TRY(select(database, "ORDER BY created DESC, id"));
        while (ENGINE_TRY(query.step()))
            records.append(ENGINE_TRY(readRow(query)));
        return {};
    }));
    return records;
}

Result<bool> ContainerTable::changeLife(ContainerRecord &record, const ContainerLife &life, const QString &event) const
{
    ContainerRecord changed = record;
    changed.life = life;
    changed.document = toDocument(changed);
    bool won = false;
    ENGINE_TRY(m_store.database().transaction([&](Database &database) -> Result<void> {
        Statement update = ENGINE_TRY(database.prepare("UPDATE containers SET document = ?3 WHERE id = ?1 AND document = ?2"));
        update.bind(1, record.id.toString()).bind(2, record.document).bind(3, changed.document);
        ENGINE_TRY(update.run());
        won = database.changedRows() > 0;
        if (won && !event.isEmpty())
            return m_store.recordEvent("container", event, record.id.toString(), record.name);
        return {};
    }));
    if (won)
        record = changed;
    return won;
}

Result<void> ContainerTable::rename(const ContainerRecord &record, const QString &newName) const
{
    return m_store.database().transaction([&](Database &database) -> Result<void> {
        QString owner;
        if (ENGINE_TRY(isNameTaken(database, newName, &owner)))
            return nameConflict(newName, owner);
        Statement update = ENGINE_TRY(database.prepare("UPDATE containers SET name = ?2 WHERE id = ?1"));
        update.bind(1, record.id.toString()).bind(2, newName);
        ENGINE_TRY(update.run());
        return m_store.recordEvent("container", u"rename"_s, record.id.toString(), newName);
    });
}

Result<bool> ContainerTable::erase(const ContainerRecord &record, Died died) const
{
    bool erased = false;
    ENGINE_TRY(m_store.database().transaction([&](Database &database) -> Result<void> {
        Statement deletion = ENGINE_TRY(database.prepare("DELETE FROM containers WHERE id = ?1"));
        deletion.bind(1, record.id.toString());
        ENGINE_TRY(deletion.run());
        erased = database.changedRows() > 0;
        if (!erased)
            return {};
        if (died == Died::Yes)
            ENGINE_TRY(m_store.recordEvent("container", u"die"_s, record.id.toString(), record.name));
        return m_store.recordEvent("container", u"destroy"_s, record.id.toString(), record.name);
    }));
    return erased;
}

} // namespace Engine::Internal
