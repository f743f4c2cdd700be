// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QPlainTextEdit>

namespace Gui {

//! Shows a JSON document, indented and coloured, to read and to copy.
class JsonView final : public QPlainTextEdit
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(JsonView)

public:
    explicit JsonView(QWidget *parent = nullptr);

    //! Keeps the place when the same object is shown again.
    void setJson(const QByteArray &json);

private:
    void changeEvent(QEvent *event) override;

    class Highlighter;
    Highlighter *m_highlighter;
};

} // namespace Gui
