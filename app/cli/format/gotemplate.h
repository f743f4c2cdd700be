// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

#include <nlohmann/json.hpp>

#include <expected>
#include <memory>

namespace Cli {

//! JSON whose objects keep the order they were written in.
using Json = nlohmann::ordered_json;

//! A template as Docker's --format takes it: the part of Go's text/template that works on data, with Docker's functions.
//!
//! Actions: {{.A.B}}, {{$x := …}}, if/else if/else, range (also $k, $v), with; pipelines, parentheses, {{- -}} and
//! comments. Functions: json join split lower upper title truncate pad println print printf len index and or not
//! eq ne lt le gt ge. An immutable value.
class GoTemplate final
{
public:
    //! \return Go's words for what is wrong, without "template parsing error: "
    [[nodiscard]] static std::expected<GoTemplate, QString> parse(const QString &text);

    //! Missing: a field that is not there is an error, or prints "<no value>".
    enum class Missing { IsError, IsNoValue };
    [[nodiscard]] std::expected<QString, QString> render(const Json &data, Missing missing) const;
    //! For the head of a table: \p titles by field name; functions give back what they get.
    [[nodiscard]] std::expected<QString, QString> renderHeader(const Json &titles) const;

    struct Node;

private:
    explicit GoTemplate(std::shared_ptr<const Node> root) : m_root(std::move(root)) {}
    std::shared_ptr<const Node> m_root;
};

} // namespace Cli
