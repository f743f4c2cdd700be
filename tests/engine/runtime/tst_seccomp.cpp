// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/seccomp_p.h"

#include <QtTest/QTest>

using namespace Engine;
using namespace Engine::Internal;
using namespace Qt::StringLiterals;
using nlohmann::json;

class tst_Seccomp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rules_areChosenByTheTarget_data();
    void rules_areChosenByTheTarget();
    void architectures_withTheirRelatives();
    void noProfile_isCorrupt();
    void compiled_isAFilterProgram();
    void compiled_refusesWhatItDoesNotKnow();
    void systemProfile_isCached();
};

void tst_Seccomp::rules_areChosenByTheTarget_data()
{
    QTest::addColumn<QByteArray>("condition");
    QTest::addColumn<bool>("applies");
    QTest::newRow("none") << QByteArray("") << true;
    QTest::newRow("includes our architecture") << QByteArray(R"(,"includes":{"arches":["amd64","x32"]})") << true;
    QTest::newRow("includes another architecture") << QByteArray(R"(,"includes":{"arches":["s390x"]})") << false;
    QTest::newRow("excludes our architecture") << QByteArray(R"(,"excludes":{"arches":["amd64"]})") << false;
    QTest::newRow("includes a capability we have") << QByteArray(R"(,"includes":{"caps":["CAP_CHOWN"]})") << true;
    QTest::newRow("includes two, we have one") << QByteArray(R"(,"includes":{"caps":["CAP_CHOWN","CAP_BPF"]})") << false;
    QTest::newRow("excludes one we have") << QByteArray(R"(,"excludes":{"caps":["CAP_BPF","CAP_CHOWN"]})") << false;
    QTest::newRow("excludes one we lack") << QByteArray(R"(,"excludes":{"caps":["CAP_BPF"]})") << true;
    QTest::newRow("kernel is old enough") << QByteArray(R"(,"includes":{"minKernel":"5.8"})") << true;
    QTest::newRow("kernel is exactly that") << QByteArray(R"(,"includes":{"minKernel":"6.1"})") << true;
    QTest::newRow("kernel is older") << QByteArray(R"(,"includes":{"minKernel":"6.10"})") << false;
    QTest::newRow("kernel is no version") << QByteArray(R"(,"includes":{"minKernel":"new"})") << false;
    QTest::newRow("empty lists and null") << QByteArray(R"(,"includes":{"arches":[]},"excludes":{},"args":null)") << true;
}

namespace {

const SeccompTarget target{.capabilities = {u"CAP_CHOWN"_s, u"CAP_KILL"_s}, .architecture = u"amd64"_s, .kernelMajor = 6, .kernelMinor = 1};

} // namespace

void tst_Seccomp::rules_areChosenByTheTarget()
{
    QFETCH(QByteArray, condition);
    const auto converted = convertSeccompProfile(R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,"syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW")"
                                                     + condition + "}]}", target);
    QVERIFY(converted);
    QTEST(converted->at("syscalls").size() == 1, "applies");
    QCOMPARE(converted->at("defaultErrnoRet").get<int>(), 38);
}

void tst_Seccomp::architectures_withTheirRelatives()
{
    const auto converted = convertSeccompProfile(R"({"defaultAction":"SCMP_ACT_ERRNO","syscalls":[],"archMap":[
        {"architecture":"SCMP_ARCH_AARCH64","subArchitectures":["SCMP_ARCH_ARM"]},
        {"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86","SCMP_ARCH_X32"]}]})", target);
    QVERIFY(converted);
    QVERIFY(converted->at("architectures") == json({"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"}));
}

void tst_Seccomp::noProfile_isCorrupt()
{
    for (const QByteArray &text : {QByteArray(""), QByteArray("{}"), QByteArray("[1]"), QByteArray(R"({"defaultAction":"x","syscalls":[{}]})")}) {
        const auto converted = convertSeccompProfile(text, target);
        QVERIFY(!converted);
        QCOMPARE(converted.error().code, ErrorCode::Corrupt);
    }
}

void tst_Seccomp::compiled_isAFilterProgram()
{
    const json profile = {{"defaultAction", "SCMP_ACT_ERRNO"}, {"architectures", {"SCMP_ARCH_X86_64"}},
                          {"syscalls", {{{"names", {"read", "no_such_call_at_all"}}, {"action", "SCMP_ACT_ALLOW"}},
                                        {{"names", {"socket"}}, {"action", "SCMP_ACT_ALLOW"},
                                         {"args", {{{"index", 0}, {"value", 16}, {"valueTwo", 0}, {"op", "SCMP_CMP_NE"}}}}}}}};
    const auto program = compileSeccompProfile(profile);
    QVERIFY(program);
    QVERIFY(program->size() >= 8 * 4);
    QCOMPARE(program->size() % 8, 0); // struct sock_filter
}

void tst_Seccomp::compiled_refusesWhatItDoesNotKnow()
{
    for (const json &rule : {json{{"names", {"read"}}, {"action", "SCMP_ACT_PRAY"}},
                             json{{"names", {"read"}}, {"action", "SCMP_ACT_ALLOW"}, {"args", {{{"index", 0}, {"value", 1}, {"op", "LIKE"}}}}}}) {
        const auto program = compileSeccompProfile({{"defaultAction", "SCMP_ACT_ERRNO"}, {"syscalls", json::array({rule})}});
        QVERIFY(!program);
        QCOMPARE(program.error().code, ErrorCode::Unsupported);
    }
}

void tst_Seccomp::systemProfile_isCached()
{
    if (!QFile::exists(u"/usr/share/containers/seccomp.json"_s))
        QSKIP("needs the package golang-github-containers-common");
    QTemporaryDir folder;
    const auto first = defaultSeccompFilter({u"CAP_CHOWN"_s}, SeccompForm::Program, folder.path());
    QVERIFY(first && first->program.size() > 1000);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    const auto second = defaultSeccompFilter({u"CAP_CHOWN"_s}, SeccompForm::Program, folder.path());
    QVERIFY(second);
    QCOMPARE(second->program, first->program);
    QVERIFY(defaultSeccompFilter({u"CAP_KILL"_s}, SeccompForm::Program, folder.path())); // other capabilities, other rules
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 2);
}

QTEST_GUILESS_MAIN(tst_Seccomp)
#include "tst_seccomp.moc"
