// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/seccomp_p.h"

#include "linux/syscalls_p.h"

#include <QtCore/QScopeGuard>

#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>

using namespace Qt::StringLiterals;
using nlohmann::json;

namespace Engine::Internal {

namespace {

constexpr uint32_t defaultErrno = EPERM;

struct FilterDeleter {
    void operator()(void *filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, FilterDeleter>;

Failure unsupported(const QString &what, int code = 0)
{
    return Failure(Error{.code = ErrorCode::Unsupported, .object = u"seccomp profile"_s,
                         .detail = u"the seccomp profile cannot be compiled: %1"_s.arg(what), .sysErrno = -code});
}

std::optional<uint32_t> actionOf(const std::string &name, uint32_t number)
{
    if (name == "SCMP_ACT_ALLOW")
        return SCMP_ACT_ALLOW;
    if (name == "SCMP_ACT_ERRNO")
        return SCMP_ACT_ERRNO(number);
    if (name == "SCMP_ACT_KILL" || name == "SCMP_ACT_KILL_THREAD")
        return SCMP_ACT_KILL_THREAD;
    if (name == "SCMP_ACT_KILL_PROCESS")
        return SCMP_ACT_KILL_PROCESS;
    if (name == "SCMP_ACT_TRAP")
        return SCMP_ACT_TRAP;
    if (name == "SCMP_ACT_TRACE")
        return SCMP_ACT_TRACE(number);
    if (name == "SCMP_ACT_LOG")
        return SCMP_ACT_LOG;
    return {};
}

std::optional<scmp_compare> comparisonOf(const std::string &name)
{
    static constexpr std::array<std::pair<const char *, scmp_compare>, 7> known = {{
        {"SCMP_CMP_NE", SCMP_CMP_NE}, {"SCMP_CMP_LT", SCMP_CMP_LT}, {"SCMP_CMP_LE", SCMP_CMP_LE}, {"SCMP_CMP_EQ", SCMP_CMP_EQ},
        {"SCMP_CMP_GE", SCMP_CMP_GE}, {"SCMP_CMP_GT", SCMP_CMP_GT}, {"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ},
    }};
    for (const auto &[text, value] : known) {
        if (name == text)
            return value;
    }
    return {};
}

Result<void> addArchitectures(scmp_filter_ctx filter, const json &names)
{
    for (const json &item : names) {
        // "SCMP_ARCH_X86_64" is "x86_64" for libseccomp
        const std::string name = item.get<std::string>();
        const QByteArray shortName = QByteArray::fromStdString(name).mid(10).toLower();
        const uint32_t token = seccomp_arch_resolve_name(shortName.constData());
        if (token == 0)
            continue; // newer than this libseccomp: programs of that kind get the filter's bad-architecture action
        if (const int code = seccomp_arch_add(filter, token); code != 0 && code != -EEXIST)
            return unsupported(u"architecture %1"_s.arg(QString::fromStdString(name)), code);
    }
    return {};
}

Result<std::vector<scmp_arg_cmp>> conditionsOf(const json &rule)
{
    std::vector<scmp_arg_cmp> conditions;
    const auto args = rule.find("args");
    if (args == rule.end() || !args->is_array())
        return conditions;
    for (const json &arg : *args) {
        const auto comparison = comparisonOf(arg.at("op").get<std::string>());
        if (!comparison)
            return unsupported(u"comparison %1"_s.arg(QString::fromStdString(arg.at("op").get<std::string>())));
        scmp_arg_cmp condition = {};
        condition.arg = arg.at("index").get<unsigned>();
        condition.op = *comparison;
        condition.datum_a = arg.at("value").get<uint64_t>();
        condition.datum_b = arg.value("valueTwo", uint64_t(0));
        conditions.push_back(condition);
    }
    return conditions;
}

Result<void> addRule(scmp_filter_ctx filter, const json &rule, uint32_t defaultAction)
{
    const std::string actionName = rule.at("action").get<std::string>();
    const auto action = actionOf(actionName, rule.value("errnoRet", defaultErrno));
    if (!action)
        return unsupported(u"action %1"_s.arg(QString::fromStdString(actionName)));
    if (*action == defaultAction)
        return {}; // libseccomp refuses rules that say nothing new
    const auto conditions = conditionsOf(rule);
    if (!conditions)
        return Failure(conditions.error());
    for (const json &name : rule.at("names")) {
        const int number = seccomp_syscall_resolve_name(name.get_ref<const std::string &>().c_str());
        if (number == __NR_SCMP_ERROR)
            continue;
        const int code = seccomp_rule_add_array(filter, *action, number, unsigned(conditions->size()), conditions->data());
        if (code != 0)
            return unsupported(u"rule for %1"_s.arg(QString::fromStdString(name.get<std::string>())), code);
    }
    return {};
}

Result<QByteArray> exportProgram(scmp_filter_ctx filter)
{
    const UniqueFd memory(::memfd_create("seccomp", MFD_CLOEXEC));
    if (!memory.isValid())
        return Failure(errnoError("memfd_create", {}, errno));
    if (const int code = seccomp_export_bpf(filter, memory.get()); code != 0)
        return unsupported(u"libseccomp gives no program"_s, code);
    const off_t size = ::lseek(memory.get(), 0, SEEK_END);
    QByteArray program(qsizetype(size), Qt::Uninitialized);
    if (size <= 0 || ::pread(memory.get(), program.data(), size_t(size), 0) != size)
        return Failure(errnoError("pread", u"seccomp program"_s, errno));
    return program;
}

} // namespace

Result<QByteArray> compileSeccompProfile(const json &profile)
{
    try {
        const std::string actionName = profile.at("defaultAction").get<std::string>();
        const auto defaultAction = actionOf(actionName, profile.value("defaultErrnoRet", defaultErrno));
        if (!defaultAction)
            return unsupported(u"action %1"_s.arg(QString::fromStdString(actionName)));
        const Filter filter(seccomp_init(*defaultAction));
        if (!filter)
            return unsupported(u"libseccomp refuses the default action"_s);
        if (auto added = addArchitectures(filter.get(), profile.value("architectures", json::array())); !added)
            return Failure(added.error());
        for (const json &rule : profile.at("syscalls")) {
            if (auto added = addRule(filter.get(), rule, *defaultAction); !added)
                return Failure(added.error());
        }
        return exportProgram(filter.get());
    } catch (const json::exception &problem) {
        return unsupported(QString::fromUtf8(problem.what()));
    }
}

} // namespace Engine::Internal
