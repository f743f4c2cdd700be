// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/seccomp_p.h"

#include "base/logging_p.h"
#include "base/try_p.h"
#include "linux/syscalls_p.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QFileInfo>

#include <sys/stat.h>
#include <sys/utsname.h>

#include <array>
#include <cstdio>

using namespace Qt::StringLiterals;
using nlohmann::json;

namespace Engine::Internal {

namespace {

constexpr qint64 maxProfileBytes = 4 * 1024 * 1024;

//! Go's architecture name for uname's machine, and libseccomp's name for Go's.
struct Architecture {
    const char *machine;
    const char *go;
    const char *seccomp;
};
constexpr std::array architectures = {
    Architecture{"x86_64", "amd64", "SCMP_ARCH_X86_64"},     Architecture{"i686", "386", "SCMP_ARCH_X86"},
    Architecture{"aarch64", "arm64", "SCMP_ARCH_AARCH64"},   Architecture{"armv7l", "arm", "SCMP_ARCH_ARM"},
    Architecture{"riscv64", "riscv64", "SCMP_ARCH_RISCV64"}, Architecture{"ppc64le", "ppc64le", "SCMP_ARCH_PPC64LE"},
    Architecture{"s390x", "s390x", "SCMP_ARCH_S390X"},       Architecture{"loongarch64", "loong64", "SCMP_ARCH_LOONGARCH64"},
};

bool contains(const json &list, const std::string &value)
{
    return list.is_array() && std::find(list.begin(), list.end(), json(value)) != list.end();
}

bool containsAnyOf(const json &list, const QStringList &values)
{
    return std::any_of(values.begin(), values.end(), [&](const QString &v) { return contains(list, v.toStdString()); });
}

bool containsAllOf(const json &list, const QStringList &have)
{
    return std::all_of(list.begin(), list.end(), [&](const json &wanted) {
        return wanted.is_string() && have.contains(QString::fromStdString(wanted.get<std::string>()));
    });
}

//! "5.8": is the kernel at least that? A text that is no version never matches.
bool kernelIsAtLeast(const json &version, const SeccompTarget &target)
{
    int major = 0;
    int minor = 0;
    if (!version.is_string() || std::sscanf(version.get_ref<const std::string &>().c_str(), "%d.%d", &major, &minor) != 2)
        return false;
    return std::pair(target.kernelMajor, target.kernelMinor) >= std::pair(major, minor);
}

//! Does the rule hold for the target? `includes` must all hold, no part of `excludes` may
//! (containers/common pkg/seccomp, "setupSeccomp").
bool applies(const json &rule, const SeccompTarget &target)
{
    const std::string architecture = target.architecture.toStdString();
    const json excludes = rule.value("excludes", json::object());
    if (contains(excludes.value("arches", json()), architecture) || containsAnyOf(excludes.value("caps", json()), target.capabilities))
        return false;
    if (const auto kernel = excludes.find("minKernel"); kernel != excludes.end() && kernelIsAtLeast(*kernel, target))
        return false;

    const json includes = rule.value("includes", json::object());
    const json arches = includes.value("arches", json());
    if (arches.is_array() && !arches.empty() && !contains(arches, architecture))
        return false;
    const json caps = includes.value("caps", json());
    if (caps.is_array() && !containsAllOf(caps, target.capabilities))
        return false;
    const auto kernel = includes.find("minKernel");
    return kernel == includes.end() || kernelIsAtLeast(*kernel, target);
}

json convertRule(const json &rule)
{
    json converted = {{"names", rule.contains("names") ? rule.at("names") : json::array({rule.at("name")})},
                      {"action", rule.at("action")}};
    if (const auto number = rule.find("errnoRet"); number != rule.end() && number->is_number_unsigned())
        converted["errnoRet"] = *number;
    if (const auto args = rule.find("args"); args != rule.end() && args->is_array() && !args->empty())
        converted["args"] = *args;
    return converted;
}

//! The native architecture and those whose programs run on it too.
json architecturesOf(const json &profile, const SeccompTarget &target)
{
    std::string native;
    for (const Architecture &known : architectures) {
        if (target.architecture == QLatin1StringView(known.go))
            native = known.seccomp;
    }
    json result = json::array();
    if (native.empty())
        return result;
    result.push_back(native);
    for (const json &entry : profile.value("archMap", json::array())) {
        if (entry.value("architecture", std::string()) != native)
            continue;
        for (const json &sub : entry.value("subArchitectures", json::array()))
            result.push_back(sub);
    }
    return result;
}

QString profilePath()
{
    for (const QString &path : {u"/etc/containers/seccomp.json"_s, u"/usr/share/containers/seccomp.json"_s}) {
        if (QFileInfo::exists(path))
            return path;
    }
    return {};
}

//! Name of the cache file: changes with the source file, the kernel and what the rules look at.
QString cacheName(const QString &source, const struct stat &info, const SeccompTarget &target)
{
    QCryptographicHash hash(QCryptographicHash::Sha1);
    hash.addData(u"2 %1 %2 %3 %4.%5 %6 %7.%8 %9"_s.arg(source)
                     .arg(info.st_ino).arg(info.st_size).arg(info.st_mtim.tv_sec).arg(info.st_mtim.tv_nsec)
                     .arg(target.architecture).arg(target.kernelMajor).arg(target.kernelMinor).arg(target.capabilities.join(u','))
                     .toUtf8());
    return u"seccomp-"_s + QString::fromLatin1(hash.result().toHex().left(16));
}

//! Losing the cache costs time only.
void keep(const QString &path, const QByteArray &content)
{
    const auto made = makePath(QFileInfo(path).path());
    const auto written = made ? writeFileAtomically(path, content, 0644, Sync::No) : made;
    if (!written)
        qCWarning(lcRuntime) << "seccomp filter not kept:" << written.error().detail;
}

} // namespace

SeccompTarget SeccompTarget::ofThisMachine(const QStringList &capabilities)
{
    struct utsname name = {};
    ::uname(&name);
    SeccompTarget target{.capabilities = capabilities, .architecture = QString::fromLatin1(name.machine)};
    for (const Architecture &known : architectures) {
        if (qstrcmp(known.machine, name.machine) == 0)
            target.architecture = QLatin1StringView(known.go);
    }
    std::sscanf(name.release, "%d.%d", &target.kernelMajor, &target.kernelMinor);
    return target;
}

Result<json> convertSeccompProfile(const QByteArray &profileText, const SeccompTarget &target)
{
    try {
        const json profile = json::parse(profileText.begin(), profileText.end());
        json converted = {{"defaultAction", profile.at("defaultAction")}};
        if (const auto number = profile.find("defaultErrnoRet"); number != profile.end())
            converted["defaultErrnoRet"] = *number;
        converted["architectures"] = profile.contains("architectures") ? profile.at("architectures") : architecturesOf(profile, target);
        json &rules = converted["syscalls"] = json::array();
        for (const json &rule : profile.at("syscalls")) {
            if (applies(rule, target))
                rules.push_back(convertRule(rule));
        }
        return converted;
    } catch (const json::exception &problem) {
        return Failure(Error{.code = ErrorCode::Corrupt, .object = u"seccomp profile"_s,
                             .detail = u"the seccomp profile cannot be read: %1"_s.arg(QString::fromUtf8(problem.what()))});
    }
}

Result<SeccompFilter> defaultSeccompFilter(const QStringList &capabilities, SeccompForm form, const QString &cacheFolder)
{
    const QString source = profilePath();
    struct stat info = {};
    if (source.isEmpty() || ::stat(source.toUtf8().constData(), &info) != 0)
        return Failure(Error{.code = ErrorCode::MissingPart, .object = u"/usr/share/containers/seccomp.json"_s,
                             .detail = u"this system has no default seccomp profile, so containers would run without a system call filter"_s,
                             .remedy = u"sudo apt install golang-github-containers-common"_s});
    const SeccompTarget target = SeccompTarget::ofThisMachine(capabilities);
    const bool compiled = form == SeccompForm::Program;
    const QString cached = cacheFolder + u'/' + cacheName(source, info, target) + (compiled ? u".bpf"_s : u".json"_s);
    if (const auto text = readFile(cached, maxProfileBytes); text && !text->isEmpty()) {
        if (compiled)
            return SeccompFilter{.profile = {}, .program = *text};
        if (json profile = json::parse(text->begin(), text->end(), nullptr, false); profile.is_object())
            return SeccompFilter{.profile = std::move(profile), .program = {}};
    }
    const QByteArray original = ENGINE_TRY(readFile(source, maxProfileBytes));
    SeccompFilter filter;
    filter.profile = ENGINE_TRY(convertSeccompProfile(original, target));
    if (compiled)
        filter.program = ENGINE_TRY(compileSeccompProfile(filter.profile)).toBase64();
    keep(cached, compiled ? filter.program : QByteArray::fromStdString(filter.profile.dump()));
    return filter;
}

} // namespace Engine::Internal
