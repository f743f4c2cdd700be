// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jsonview.h"

#include "widgets/theme.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>
#include <QtGui/QSyntaxHighlighter>
#include <QtWidgets/QScrollBar>

namespace Gui {

using namespace Qt::StringLiterals;

class JsonView::Highlighter final : public QSyntaxHighlighter
{
public:
    using QSyntaxHighlighter::QSyntaxHighlighter;

private:
    void highlightBlock(const QString &text) override
    {
        static const QRegularExpression token(uR"(("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null|-?\d[\d.eE+-]*)\b)"_s);
        const ThemeColors &t = themeColors();
        for (auto it = token.globalMatch(text); it.hasNext();) {
            const QRegularExpressionMatch m = it.next();
            const bool isKey = m.capturedLength(2) > 0, isString = m.capturedLength(1) > 0;
            setFormat(int(m.capturedStart()), int(m.capturedLength(isString ? 1 : 0)), isKey ? t.accent : isString ? t.ok : t.warn);
        }
    }
};

JsonView::JsonView(QWidget *parent)
    : QPlainTextEdit(parent), m_highlighter(new Highlighter(document()))
{
    setReadOnly(true);
    setFont(monospaceFont());
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    document()->setDocumentMargin(8);
}

void JsonView::setJson(const QByteArray &json)
{
    const QJsonDocument parsed = QJsonDocument::fromJson(json);
    const QString text = QString::fromUtf8(parsed.isNull() ? json : parsed.toJson(QJsonDocument::Indented));
    if (text == toPlainText())
        return;
    const int place = verticalScrollBar()->value();
    setPlainText(text);
    verticalScrollBar()->setValue(place);
}

void JsonView::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_highlighter)
        m_highlighter->rehighlight();
}

} // namespace Gui
