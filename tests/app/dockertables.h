// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QFile>
#include <QtCore/QString>

#include <nlohmann/json.hpp>

#include <vector>

//! The tables of \p function in tests/data/conformance/docker-cli-tables.
inline std::vector<nlohmann::ordered_json> dockerTables(const char *function)
{
    std::vector<nlohmann::ordered_json> tables;
    QFile file(QStringLiteral(SLIPWAY_TEST_DATA "/conformance/docker-cli-tables/tables.jsonl"));
    if (!file.open(QIODevice::ReadOnly))
        return tables;
    while (!file.atEnd()) {
        const auto record = nlohmann::ordered_json::parse(file.readLine().toStdString(), nullptr, false);
        if (record.is_object() && record["func"] == function)
            tables.push_back(record["table"]);
    }
    return tables;
}

inline QString text(const nlohmann::ordered_json &value)
{
    return QString::fromStdString(value.get<std::string>());
}
