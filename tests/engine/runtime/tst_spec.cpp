// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/spec_p.h"

#include <QtTest/QTest>

using namespace Engine;
using namespace Engine::Internal;
using namespace Qt::StringLiterals;
using nlohmann::json;

class tst_Spec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void defaults_areDockers();
    void ordinaryUser_getsANestedNamespace();
    void hostNetwork_sharesIt();
    void privileged_liftsTheLimits();
    void mounts_sortedAndReplacing();
    void seccompProgram_failsClosed();
    void capabilities_nonRootHasNoneEffective();
    void environment_fillsUp();
};

namespace {

const IdMap rootMap({}, {}, false);
const IdMap userMap({{0, 1500, 1}, {1, 0, 1500}, {1501, 1501, 64036}}, {{0, 1500, 1}, {1, 0, 1500}, {1501, 1501, 64036}}, true);

SpecRequest plainRequest()
{
    SpecRequest request;
    request.rootfs = u"/r"_s;
    request.process.arguments = {u"sh"_s, u"-c"_s, u"true"_s};
    request.network = NetworkMode::None;
    request.hostname = u"box"_s;
    request.cgroupName = u"id"_s;
    return request;
}

json mountAt(const json &spec, const char *target)
{
    for (const json &mount : spec.at("mounts")) {
        if (mount.at("destination") == target)
            return mount;
    }
    return {};
}

bool hasNamespace(const json &spec, const char *type)
{
    const json &list = spec.at("linux").at("namespaces");
    return std::any_of(list.begin(), list.end(), [&](const json &ns) { return ns.at("type") == type; });
}

bool has(const json &list, const char *value)
{
    return std::find(list.begin(), list.end(), json(value)) != list.end();
}

} // namespace

void tst_Spec::defaults_areDockers()
{
    SpecRequest request = plainRequest();
    request.cgroups = {.manager = CgroupSetup::Manager::Files, .version = CgroupSetup::Version::V1};
    const json spec = makeSpec(request, rootMap);
    QVERIFY(mountAt(spec, "/dev/shm").at("options") == json({"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}));
    QVERIFY(mountAt(spec, "/sys").at("type") == json("sysfs"));
    QVERIFY(has(mountAt(spec, "/sys").at("options"), "ro"));
    QVERIFY(has(mountAt(spec, "/sys/fs/cgroup").at("options"), "ro"));
    QVERIFY(has(mountAt(spec, "/dev/pts").at("options"), "newinstance"));
    const json &section = spec.at("linux");
    QVERIFY(section.at("readonlyPaths") == json({"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}));
    for (const char *path : {"/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware", "/proc/acpi", "/proc/interrupts"})
        QVERIFY2(has(section.at("maskedPaths"), path), path);
    QVERIFY(section.at("resources").at("devices").at(0) == json({{"allow", false}, {"access", "rwm"}}));
    QVERIFY(section.at("cgroupsPath") == json("/slipway-id"));
    for (const char *type : {"pid", "ipc", "uts", "mount", "network"})
        QVERIFY2(hasNamespace(spec, type), type);
    QVERIFY(!hasNamespace(spec, "user") && !hasNamespace(spec, "cgroup"));
    QVERIFY(spec.at("process").at("noNewPrivileges") == json(false));
    QVERIFY(!spec.at("process").contains("rlimits"));
    QVERIFY(spec.at("process").at("capabilities").at("bounding").size() <= 14);
    QVERIFY(!has(spec.at("process").at("capabilities").at("bounding"), "CAP_SYS_ADMIN"));
}

void tst_Spec::ordinaryUser_getsANestedNamespace()
{
    const json spec = makeSpec(plainRequest(), userMap);
    QVERIFY(hasNamespace(spec, "user"));
    QVERIFY(spec.at("linux").at("uidMappings").at(0) == json({{"containerID", 0}, {"hostID", 1500}, {"size", 1}}));
    QVERIFY(mountAt(spec, "/sys/fs/cgroup").is_null()); // nothing is delegated
    QVERIFY(!spec.at("linux").contains("cgroupsPath") && !spec.at("linux").contains("resources"));
    QVERIFY(mountAt(spec, "/sys").at("type") == json("sysfs")); // its own network: a fresh one
}

void tst_Spec::hostNetwork_sharesIt()
{
    SpecRequest request = plainRequest();
    request.network = NetworkMode::Host;
    QVERIFY(!hasNamespace(makeSpec(request, rootMap), "network"));
    QVERIFY(mountAt(makeSpec(request, rootMap), "/sys").at("type") == json("sysfs"));
    const json spec = makeSpec(request, userMap);
    QVERIFY(mountAt(spec, "/sys").at("type") == json("bind"));
    QVERIFY(has(mountAt(spec, "/sys").at("options"), "ro"));
    QVERIFY(has(spec.at("linux").at("maskedPaths"), "/sys/kernel"));
}

void tst_Spec::privileged_liftsTheLimits()
{
    SpecRequest request = plainRequest();
    request.process.privileged = true;
    request.seccomp.program = "AAAA";
    const json spec = makeSpec(request, rootMap);
    QVERIFY(!spec.at("linux").contains("maskedPaths") && !spec.at("linux").contains("readonlyPaths"));
    QVERIFY(!spec.at("linux").contains("seccomp") && !spec.contains("annotations"));
    QVERIFY(has(mountAt(spec, "/sys").at("options"), "rw"));
    QVERIFY(capabilitiesFor(true).size() >= capabilitiesFor(false).size());
}

void tst_Spec::mounts_sortedAndReplacing()
{
    SpecRequest request = plainRequest();
    request.mounts = {{.target = u"/data/deep/er"_s, .source = u"/b"_s}, {.target = u"/data"_s, .source = u"/a"_s},
                      {.target = u"/dev/shm"_s, .source = u"/c"_s}};
    const json spec = makeSpec(request, rootMap);
    QStringList order;
    for (const json &mount : spec.at("mounts"))
        order.append(QString::fromStdString(mount.at("destination").get<std::string>()));
    QVERIFY(order.indexOf(u"/data"_s) < order.indexOf(u"/data/deep/er"_s));
    QCOMPARE(order.count(u"/dev/shm"_s), 1);
    QVERIFY(mountAt(spec, "/dev/shm").at("source") == json("/c"));
}

void tst_Spec::seccompProgram_failsClosed()
{
    SpecRequest request = plainRequest();
    request.seccomp.program = "AAAA";
    const json spec = makeSpec(request, rootMap);
    QVERIFY(spec.at("annotations").at("run.oci.seccomp_bpf_data") == json("AAAA"));
    // A runtime that does not know the annotation then allows no system call at all.
    QVERIFY(spec.at("linux").at("seccomp").at("defaultAction") == json("SCMP_ACT_ERRNO"));
    QVERIFY(!spec.at("linux").at("seccomp").contains("syscalls"));
}

void tst_Spec::capabilities_nonRootHasNoneEffective()
{
    ProcessSpec process;
    process.arguments = {u"x"_s};
    process.user.uid = 1000;
    const json capabilities = makeProcess(process).at("capabilities");
    QVERIFY(capabilities.at("effective").empty() && capabilities.at("permitted").empty());
    QCOMPARE(qsizetype(capabilities.at("bounding").size()), capabilitiesFor(false).size());
}

void tst_Spec::environment_fillsUp()
{
    QCOMPARE(processEnvironment({u"A=1"_s}, u"box"_s, u"/root"_s, true),
             QStringList({u"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"_s, u"HOSTNAME=box"_s, u"TERM=xterm"_s,
                          u"A=1"_s, u"HOME=/root"_s}));
    QCOMPARE(processEnvironment({u"PATH=/p"_s, u"HOME=/h"_s}, u"box"_s, u"/root"_s, false),
             QStringList({u"PATH=/p"_s, u"HOSTNAME=box"_s, u"HOME=/h"_s}));
}

QTEST_GUILESS_MAIN(tst_Spec)
#include "tst_spec.moc"
