// SPDX-License-Identifier: GPL-3.0-or-later
#include "database_p.h"

#include "base/try_p.h"
#include "storage/schema_p.h"

#include <sqlite3.h>

#include <QtCore/QFile>

namespace Engine::Internal {

namespace {

constexpr int applicationId = 0x536c7077; // "Slpw", PRAGMA application_id
constexpr int busyTimeoutMs = 30'000;

ErrorCode codeOfSqlite(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return ErrorCode::NoSpace;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ErrorCode::Corrupt;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
        return ErrorCode::PermissionDenied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ErrorCode::TimedOut;
    case SQLITE_CONSTRAINT:
        return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ? ErrorCode::AlreadyExists
                                                                                        : ErrorCode::InUse;
    default:
        return ErrorCode::Io;
    }
}

Error sqliteError(sqlite3 *database)
{
    Error error;
    error.code = codeOfSqlite(sqlite3_extended_errcode(database));
    error.sysErrno = sqlite3_system_errno(database);
    const char *file = sqlite3_db_filename(database, "main");
    error.object = QString::fromUtf8(file ? file : "");
    error.detail = QStringLiteral("the store's database %1 reports: %2").arg(error.object, QString::fromUtf8(sqlite3_errmsg(database)));
    if (error.code == ErrorCode::NoSpace)
        error.remedy = QStringLiteral("Free some space on the disk that holds the store, then try again");
    else if (error.code == ErrorCode::TimedOut)
        error.remedy = QStringLiteral("Another Slipway process holds the store; wait for it to finish, then try again");
    else if (error.code == ErrorCode::Corrupt)
        error.remedy = QStringLiteral("slipway system check");
    return error;
}

} // namespace

Statement::Statement(Statement &&other) noexcept
    : m_statement(std::exchange(other.m_statement, nullptr)), m_database(other.m_database)
{
}

Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

// A bind fails only for a wrong parameter number (our own mistake) or without memory; step() reports the latter.
Statement &Statement::bind(int parameter, const QString &value)
{
    const QByteArray utf8 = value.toUtf8();
    const int code = sqlite3_bind_text(m_statement, parameter, utf8.constData(), int(utf8.size()), SQLITE_TRANSIENT);
    Q_ASSERT(code == SQLITE_OK);
    Q_UNUSED(code)
    return *this;
}

Statement &Statement::bind(int parameter, const QByteArray &value)
{
    const int code = sqlite3_bind_blob(m_statement, parameter, value.constData(), int(value.size()), SQLITE_TRANSIENT);
    Q_ASSERT(code == SQLITE_OK);
    Q_UNUSED(code)
    return *this;
}

Statement &Statement::bindNull(int parameter)
{
    const int code = sqlite3_bind_null(m_statement, parameter);
    Q_ASSERT(code == SQLITE_OK);
    Q_UNUSED(code)
    return *this;
}

Statement &Statement::bindInteger(int parameter, qint64 value)
{
    const int code = sqlite3_bind_int64(m_statement, parameter, value);
    Q_ASSERT(code == SQLITE_OK);
    Q_UNUSED(code)
    return *this;
}

Result<bool> Statement::step()
{
    switch (sqlite3_step(m_statement)) {
    case SQLITE_ROW:
        return true;
    case SQLITE_DONE:
        sqlite3_reset(m_statement); // bound values stay: the next step() runs it again
        return false;
    default: {
        Error error = sqliteError(m_database);
        sqlite3_reset(m_statement);
        return Failure(std::move(error));
    }
    }
}

Result<void> Statement::run()
{
    while (ENGINE_TRY(step())) { }
    return {};
}

QString Statement::text(int column) const
{
    const auto *data = reinterpret_cast<const char *>(sqlite3_column_text(m_statement, column));
    return QString::fromUtf8(data, sqlite3_column_bytes(m_statement, column));
}

QByteArray Statement::blob(int column) const
{
    const auto *data = static_cast<const char *>(sqlite3_column_blob(m_statement, column));
    return QByteArray(data, sqlite3_column_bytes(m_statement, column));
}

qint64 Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

Result<std::unique_ptr<Database>> Database::open(const QString &path)
{
    sqlite3 *handle = nullptr;
    // Our own mutex serialises the connection, so SQLite's is left out.
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(QFile::encodeName(path).constData(), &handle, flags, nullptr);
    std::unique_ptr<Database> database(new Database(handle));
    if (code != SQLITE_OK) {
        Error error = sqliteError(handle);
        error.object = path;
        error.detail = QStringLiteral("the store's database %1 cannot be opened: %2").arg(path, QString::fromUtf8(sqlite3_errmsg(handle)));
        return Failure(std::move(error));
    }
    const std::scoped_lock lock(database->m_mutex);
    ENGINE_TRY(database->configure());
    ENGINE_TRY(database->migrate());
    return database;
}

Database::~Database()
{
    sqlite3_close_v2(m_handle);
}

Result<void> Database::execute(const char *sql) const
{
    if (sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return Failure(sqliteError(m_handle));
    return {};
}

Result<void> Database::configure()
{
    sqlite3_busy_timeout(m_handle, busyTimeoutMs);
    // NORMAL: a power loss may take the last transactions but never the file; Store::sync() bounds what that can mean.
    return execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;");
}

Result<void> Database::migrate()
{
    const auto pragma = [this](const char *sql) -> Result<qint64> {
        Statement statement = ENGINE_TRY(prepare(sql));
        ENGINE_TRY(statement.step());
        return statement.integer(0);
    };
    const auto newest = qint64(schemaMigrations().size());
    if (ENGINE_TRY(pragma("PRAGMA user_version")) == newest && ENGINE_TRY(pragma("PRAGMA application_id")) == applicationId)
        return {};

    ENGINE_TRY(execute("BEGIN IMMEDIATE")); // two processes may open a new store at once
    const auto steps = [&]() -> Result<void> {
        const qint64 present = ENGINE_TRY(pragma("PRAGMA user_version"));
        const qint64 owner = ENGINE_TRY(pragma("PRAGMA application_id"));
        const QString file = QString::fromUtf8(sqlite3_db_filename(m_handle, "main"));
        if (present > 0 && owner != applicationId)
            return Failure({.code = ErrorCode::Corrupt, .object = file, .detail = QStringLiteral("%1 is no database of Slipway's").arg(file)});
        if (present > newest)
            return Failure({.code = ErrorCode::Unsupported, .object = file,
                            .detail = QStringLiteral("%1 was written by a newer Slipway (schema %2, this one knows %3)").arg(file).arg(present).arg(newest),
                            .remedy = QStringLiteral("Update Slipway")});
        for (qint64 version = present; version < newest; ++version)
            ENGINE_TRY(execute(schemaMigrations()[size_t(version)]));
        ENGINE_TRY(execute(qPrintable(QStringLiteral("PRAGMA user_version=%1; PRAGMA application_id=%2").arg(newest).arg(applicationId))));
        return execute("COMMIT");
    };
    Result<void> done = steps();
    if (!done)
        (void)execute("ROLLBACK"); // the first error is the one to report
    return done;
}

Result<void> Database::transaction(const std::function<Result<void>(Database &)> &body)
{
    Q_ASSERT(!isHeldByThisThread());
    std::vector<std::function<void()>> afterCommit;
    ENGINE_TRY(runTransaction(body, afterCommit));
    for (const auto &call : afterCommit)
        call();
    return {};
}

Result<void> Database::runTransaction(const std::function<Result<void>(Database &)> &body, std::vector<std::function<void()>> &afterCommit)
{
    const std::scoped_lock lock(m_mutex);
    ENGINE_TRY(execute("BEGIN IMMEDIATE"));
    m_holder = std::this_thread::get_id();
    Result<void> done = body(*this);
    if (done)
        done = execute("COMMIT");
    if (!done && !sqlite3_get_autocommit(m_handle)) // a full disk may have rolled back already
        (void)execute("ROLLBACK");
    m_holder = std::thread::id();
    afterCommit = std::exchange(m_afterCommit, {});
    return done;
}

Result<void> Database::reading(const std::function<Result<void>(Database &)> &body) const
{
    Q_ASSERT(!isHeldByThisThread());
    const std::scoped_lock lock(m_mutex);
    m_holder = std::this_thread::get_id();
    Result<void> done = body(const_cast<Database &>(*this));
    m_holder = std::thread::id();
    return done;
}

Result<Statement> Database::prepare(const char *sql) const
{
    sqlite3_stmt *statement = nullptr;
    if (sqlite3_prepare_v2(m_handle, sql, -1, &statement, nullptr) != SQLITE_OK)
        return Failure(sqliteError(m_handle));
    return Statement(statement, m_handle);
}

qint64 Database::changedRows() const
{
    return sqlite3_changes64(m_handle);
}

} // namespace Engine::Internal
