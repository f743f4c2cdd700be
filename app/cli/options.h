// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QStringList>

#include <expected>
#include <optional>
#include <span>

namespace Cli {

enum class OptionKind {
    Flag,       //!< --all, --all=false
    Text,       //!< the last one given counts
    List,       //!< may be given several times
    Integer,
};

//! One line of a command's option table; help text and parser both come from it.
struct OptionSpec {
    char shortName = 0;                 //!< 0: none
    const char *longName = nullptr;
    OptionKind kind = OptionKind::Flag;
    const char *valueName = "";         //!< Docker's type word in the help: "string", "list"
    const char *help = "";              //!< may be empty: not shown in the help
    //! Docker has it, Slipway has not: why, one sentence. Such an option is an error, never ignored.
    const char *refusal = nullptr;
};

//! The options of one command line. Asking for a name that is not in the table is a mistake of ours.
class OptionValues final
{
public:
    bool has(const char *name) const { return m_values.contains(QLatin1StringView(name)); }
    bool flag(const char *name) const { return text(name) == QLatin1StringView("true"); }
    //! A flag that is on unless `--name=false` was given.
    bool flagByDefault(const char *name) const { return !has(name) || flag(name); }
    QString text(const char *name) const { return m_values.value(QLatin1StringView(name)).value(0); }
    QStringList list(const char *name) const { return m_values.value(QLatin1StringView(name)); }
    std::optional<int> integer(const char *name) const;

    void set(const OptionSpec &spec, const QString &value);

private:
    QHash<QLatin1StringView, QStringList> m_values;
};

struct ParsedOptions {
    OptionValues options;
    QStringList arguments;
};

//! Where options may stand: Anywhere (`rm web -f`), or only before the first argument (`run IMAGE ls -l`).
enum class OptionOrder { Anywhere, BeforeArguments };

//! Reads options as Docker does (pflag's rules): -it, -itd, -e A=b, -eA=b, --env A=b, --env=A=b, --rm=false, "--".
//! \return the mistake in Docker's words ("unknown flag: --x")
[[nodiscard]] std::expected<ParsedOptions, QString> parseOptions(std::span<const OptionSpec> specs, const QStringList &arguments,
                                                                 OptionOrder order);

} // namespace Cli
