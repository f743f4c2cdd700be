// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QFile>
#include <QtCore/QString>
#include <QtTest/QTest>

#include <nlohmann/json.hpp>

#include <cstdio>
#include <vector>

namespace TestSupport {

//! The records of a conformance file (one JSON value a line); an empty list fails the calling test.
inline std::vector<nlohmann::json> conformanceRecords(const char *name)
{
    QFile file(QStringLiteral(SLIPWAY_TEST_DATA "/conformance/") + QString::fromLatin1(name));
    std::vector<nlohmann::json> records;
    if (file.open(QIODevice::ReadOnly)) {
        while (!file.atEnd()) {
            const QByteArray line = file.readLine();
            if (!line.trimmed().isEmpty())
                records.push_back(nlohmann::json::parse(line.toStdString()));
        }
    }
    return records;
}

inline QString text(const nlohmann::json &value)
{
    return QString::fromStdString(value.get<std::string>());
}

//! Counts a data set's cases, names the failed ones and prints the total that CI shows.
class Tally final
{
public:
    explicit Tally(const char *name) : m_name(name) {}
    void count(bool passed, const QString &what)
    {
        ++m_total;
        m_passed += passed;
        if (!passed)
            qWarning("%s: %s", m_name, qUtf8Printable(what));
    }
    //! A case that is known to differ, with the reason; counts as neither passed nor failed.
    void except(const QString &what, const char *reason)
    {
        ++m_excepted;
        qInfo("%s: exception: %s: %s", m_name, qUtf8Printable(what), reason);
    }
    bool finish() const
    {
        std::printf("CONFORMANCE %s: %d/%d passed, %d exceptions\n", m_name, m_passed, m_total, m_excepted);
        std::fflush(stdout);
        return m_total > 0 && m_passed == m_total;
    }

private:
    const char *m_name;
    int m_passed = 0;
    int m_total = 0;
    int m_excepted = 0;
};

} // namespace TestSupport
