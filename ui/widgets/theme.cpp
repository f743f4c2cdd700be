// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme.h"

#include "widgets/tinticonengine.h"

#include <QtCore/QFile>
#include <QtGui/QFontDatabase>
#include <QtGui/QPalette>
#include <QtWidgets/QApplication>
#include <QtWidgets/QStyle>
#include <QtWidgets/QStyleFactory>

#include <cmath>

namespace Gui {

using namespace Qt::StringLiterals;

namespace {

const ThemeColors *s_colors = &ThemeColors::darkLook(); // like QApplication's palette: one per process, GUI thread

constexpr double textPoints = 9.75; // 13 px at 96 dpi

double luminance(const QColor &c)
{
    const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
}

QPalette paletteOf(const ThemeColors &t)
{
    QPalette p;
    const std::pair<QPalette::ColorRole, QColor> roles[] = {
        {QPalette::Window, t.window}, {QPalette::WindowText, t.text}, {QPalette::Base, t.base}, {QPalette::AlternateBase, t.raised},
        {QPalette::Text, t.text}, {QPalette::Button, t.raised}, {QPalette::ButtonText, t.text}, {QPalette::BrightText, t.bad},
        {QPalette::ToolTipBase, t.raised}, {QPalette::ToolTipText, t.text}, {QPalette::Highlight, t.selection},
        {QPalette::HighlightedText, t.text}, {QPalette::Link, t.accent}, {QPalette::LinkVisited, t.accent},
        {QPalette::PlaceholderText, t.dim}, {QPalette::Light, t.line}, {QPalette::Midlight, t.line}, {QPalette::Mid, t.edge},
        {QPalette::Dark, t.edge}, {QPalette::Shadow, QColor(0, 0, 0)},
    };
    for (const auto &[role, color] : roles)
        p.setColor(role, color);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, t.dim);
    return p;
}

QString styleSheetOf(const ThemeColors &t)
{
    QFile file(u":/style/slipway.qss"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QString sheet = QString::fromUtf8(file.readAll());
    // longest names first, since "@ok" begins "@okFill"
    const std::pair<QLatin1StringView, QColor> tokens[] = {
        {"@accentFill"_L1, t.accentFill}, {"@selection"_L1, t.selection}, {"@onAccent"_L1, t.onAccent}, {"@okFill"_L1, t.okFill},
        {"@badFill"_L1, t.badFill}, {"@warnFill"_L1, t.warnFill}, {"@idleFill"_L1, t.idleFill}, {"@accent"_L1, t.accent},
        {"@window"_L1, t.window}, {"@raised"_L1, t.raised}, {"@base"_L1, t.base}, {"@side"_L1, t.side}, {"@line"_L1, t.line},
        {"@edge"_L1, t.edge}, {"@text"_L1, t.text}, {"@dim"_L1, t.dim}, {"@warn"_L1, t.warn}, {"@bad"_L1, t.bad}, {"@ok"_L1, t.ok},
    };
    for (const auto &[token, color] : tokens)
        sheet.replace(token, color.name());
    sheet.replace("@look"_L1, t.dark ? "dark"_L1 : "light"_L1); // style sheets can show pictures only from files
    return sheet;
}

bool hasFamily(const QString &family)
{
    return QFontDatabase::families().contains(family);
}

QFont textFont()
{
    static const QFont system = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    QFont font = system;
    if (hasFamily(u"Inter"_s))
        font.setFamily(u"Inter"_s);
    font.setPointSizeF(std::max(textPoints, font.pointSizeF()));
    return font;
}

} // namespace

const ThemeColors &ThemeColors::darkLook()
{
    static const ThemeColors look = [] {
        ThemeColors t;
        t.dark = true;
        t.window = 0x16181d; t.base = 0x1c1f26; t.raised = 0x262b34; t.side = 0x111318; t.line = 0x2c313b; t.edge = 0x464e5c;
        t.text = 0xe3e6eb; t.dim = 0x9aa2b0; t.accent = 0x6aa1ff; t.accentFill = 0x2b69d9; t.onAccent = 0xffffff; t.selection = 0x233556;
        t.ok = 0x3ecf8e; t.warn = 0xf0b429; t.bad = 0xff8585; t.idle = 0xa5adba;
        t.okFill = 0x1d3a30; t.warnFill = 0x3c3220; t.badFill = 0x43272b; t.idleFill = 0x2c313b;
        t.mark = 0x5c4a12; t.terminalBase = 0x14161b; t.terminalText = 0xd8dee9;
        t.ansi = {0x3a4250, 0xf7768e, 0x9ece6a, 0xe0af68, 0x7aa2f7, 0xbb9af7, 0x7dcfff, 0xc0caf5,
                  0x7d86a5, 0xff8a9d, 0xb9f27c, 0xffb27a, 0x8db4ff, 0xc7a9ff, 0xa4daff, 0xffffff};
        return t;
    }();
    return look;
}

const ThemeColors &ThemeColors::lightLook()
{
    static const ThemeColors look = [] {
        ThemeColors t;
        t.window = 0xf6f7f9; t.base = 0xffffff; t.raised = 0xe9edf3; t.side = 0xeceff3; t.line = 0xdde1e7; t.edge = 0xc3cad5;
        t.text = 0x1c2430; t.dim = 0x566072; t.accent = 0x175cd3; t.accentFill = 0x1a63d8; t.onAccent = 0xffffff; t.selection = 0xdbe8fd;
        t.ok = 0x0d6b40; t.warn = 0x7a4f00; t.bad = 0xb42323; t.idle = 0x4d5768;
        t.okFill = 0xd9f2e5; t.warnFill = 0xfbeecd; t.badFill = 0xfde3e3; t.idleFill = 0xe6e9ee;
        t.mark = 0xffe58a; t.terminalBase = 0xfcfcfd; t.terminalText = 0x1c2430;
        t.ansi = {0x1c2430, 0xb42323, 0x0d6b40, 0x7a4f00, 0x175cd3, 0x8a2fb0, 0x0b6a80, 0x566072,
                  0x566072, 0xc22a2a, 0x117a4a, 0x8a5a00, 0x2368dd, 0x9a3cc0, 0x0f7489, 0x1c2430};
        return t;
    }();
    return look;
}

QList<ThemeColors::Pair> ThemeColors::pairs() const
{
    QList<Pair> list = {{"primary button", onAccent, accentFill}, {"found text", text, mark}, {"terminal", terminalText, terminalBase},
                        {"running badge", ok, okFill}, {"paused badge", warn, warnFill}, {"failed badge", bad, badFill},
                        {"idle badge", idle, idleFill}};
    const std::pair<const char *, QColor> grounds[] = {{"window", window}, {"base", base}, {"raised", raised}, {"side", side},
                                                       {"selection", selection}};
    for (const auto &[name, ground] : grounds) {
        list += {name, text, ground};
        list += {name, dim, ground};
        list += {name, accent, ground};
        list += {name, bad, ground};
    }
    for (size_t i = 1; i < ansi.size(); ++i) // 0 is black, a ground
        list += {"terminal colour", QColor(ansi[i]), terminalBase};
    return list;
}

double contrastRatio(const QColor &a, const QColor &b)
{
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

const ThemeColors &themeColors()
{
    return *s_colors;
}

void applyTheme(QApplication &app, Look look)
{
    s_colors = look == Look::Dark ? &ThemeColors::darkLook() : &ThemeColors::lightLook();
    if (!app.style() || app.style()->name() != "fusion"_L1)
        app.setStyle(QStyleFactory::create(u"Fusion"_s));
    app.setFont(textFont());
    app.setPalette(paletteOf(*s_colors));
    app.setStyleSheet(styleSheetOf(*s_colors));
}

QIcon icon(const QString &name, IconRole role)
{
    return QIcon(new TintIconEngine(name, role));
}

QFont monospaceFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    if (hasFamily(u"JetBrains Mono"_s))
        font.setFamily(u"JetBrains Mono"_s);
    font.setStyleHint(QFont::Monospace);
    font.setFixedPitch(true);
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0)
    font.setFeature("calt", 0); // JetBrains Mono's ligatures would make one sign of "--"
#endif
    font.setStyleStrategy(QFont::PreferNoShaping); // before Qt 6.7 the only way; scripts that need shaping still get it
    font.setPointSizeF(std::max(textPoints - 0.75, font.pointSizeF() - 0.75));
    return font;
}

QFont tabularFont()
{
    QFont font = textFont();
    // Qt 6.4 cannot ask for the "tnum" feature; Inter has it, and most other fonts have such digits anyway
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0)
    font.setFeature("tnum", 1);
#endif
    return font;
}

QFont headingFont()
{
    QFont font = textFont();
    font.setPointSizeF(font.pointSizeF() * 1.5);
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace Gui
