// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <atomic>
#include <concepts>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace Engine::Internal {

//! One row or one run of a prepared statement. Values are read by column, from 0.
class Statement final
{
public:
    Statement(Statement &&other) noexcept;
    Statement &operator=(Statement &&) = delete;
    ~Statement();

    Statement &bind(int parameter, const QString &value);   //!< parameters count from 1
    Statement &bind(int parameter, const QByteArray &value); //!< as a blob
    Statement &bind(int parameter, std::integral auto value) { return bindInteger(parameter, value); }
    Statement &bindNull(int parameter);

    //! \return true while there is a row
    [[nodiscard]] Result<bool> step();
    //! step() to the end, for statements without rows.
    [[nodiscard]] Result<void> run();

    QString text(int column) const;
    QByteArray blob(int column) const;
    qint64 integer(int column) const;
    bool isNull(int column) const;

private:
    friend class Database;
    Statement(sqlite3_stmt *statement, sqlite3 *database) : m_statement(statement), m_database(database) {}
    Statement &bindInteger(int parameter, qint64 value);
    sqlite3_stmt *m_statement;
    sqlite3 *m_database;
};

//! The SQLite file of the store, WAL mode, one connection guarded by a mutex. Any thread.
//! Other processes write too: busy waits up to 30 s are SQLite's own.
class Database final
{
public:
    //! Opens or makes it and brings the schema up to date. \return Corrupt when it is no database of ours
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const QString &path);
    ~Database();

    //! Runs \p body with the connection to itself inside BEGIN IMMEDIATE … COMMIT; rolls back on its error.
    //! The body must be short: no hashing, no disk work. Nested calls are our own mistake (asserted).
    [[nodiscard]] Result<void> transaction(const std::function<Result<void>(Database &)> &body);
    //! Only inside transaction(): \p call runs once the changes are there for other processes to see; dropped when they
    //! are rolled back. It must be quick and cannot fail.
    void afterCommit(std::function<void()> call) { m_afterCommit.push_back(std::move(call)); }
    //! For reads: the connection to itself, no transaction.
    [[nodiscard]] Result<void> reading(const std::function<Result<void>(Database &)> &body) const;

    //! Only inside transaction() or reading().
    [[nodiscard]] Result<Statement> prepare(const char *sql) const;
    //! Is the calling thread inside transaction() or reading()? For helpers that work in both places.
    bool isHeldByThisThread() const { return m_holder.load() == std::this_thread::get_id(); }
    //! Rows the last INSERT, UPDATE or DELETE changed. Only inside transaction().
    qint64 changedRows() const;

private:
    explicit Database(sqlite3 *handle) : m_handle(handle) {}
    [[nodiscard]] Result<void> execute(const char *sql) const;
    [[nodiscard]] Result<void> configure();
    [[nodiscard]] Result<void> runTransaction(const std::function<Result<void>(Database &)> &body,
                                              std::vector<std::function<void()>> &afterCommit);
    [[nodiscard]] Result<void> migrate();

    sqlite3 *m_handle;
    mutable std::mutex m_mutex;
    std::vector<std::function<void()>> m_afterCommit;
    mutable std::atomic<std::thread::id> m_holder; //!< who is inside transaction() or reading()
};

} // namespace Engine::Internal
