// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gotemplate.h"

#include <QtCore/QStringList>

#include <optional>
#include <vector>

namespace Cli {

struct TemplatePipeline;

//! One operand of a command: a field of the dot, a variable, a literal, a function or (pipeline).
struct TemplateOperand {
    enum class Kind { Field, Variable, Literal, Function, Parenthesis, Nil } kind = Kind::Field;
    QString name;                   //!< of the variable ("$x") or function
    QStringList path;               //!< fields that follow: ".A.B"; empty for "."
    Json literal;
    std::shared_ptr<TemplatePipeline> inner;
};

//! "join .X \",\"": a function with its arguments, or one operand.
using TemplateCall = std::vector<TemplateOperand>;

struct TemplatePipeline {
    QStringList variables;          //!< declared or assigned: "$x", or "$k", "$v" of a range
    std::vector<TemplateCall> calls;
};

struct GoTemplate::Node {
    enum class Kind { Block, Text, Print, If, Range, With } kind = Kind::Block;
    QString text;
    TemplatePipeline pipeline;
    std::vector<std::shared_ptr<Node>> body;
    std::vector<std::shared_ptr<Node>> otherwise;
};

//! \return the root block, or Go's words for the mistake
[[nodiscard]] std::expected<std::shared_ptr<const GoTemplate::Node>, QString> parseTemplate(const QString &text);

//! Names the evaluator knows.
[[nodiscard]] bool isTemplateFunction(const QString &name);

} // namespace Cli
