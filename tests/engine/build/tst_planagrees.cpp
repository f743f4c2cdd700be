// SPDX-License-Identifier: GPL-3.0-or-later
#include "../../support/conformance.h"
#include "buildfixture.h"
#include "randomproject.h"
#include "storage/sha256_p.h"

#include <QtCore/QDirIterator>

#include <sys/xattr.h>

using namespace BuildFixture;

namespace {

constexpr int projects = 26;
constexpr int editsPerProject = 20;
constexpr int editsPerCleanBuild = 5;

//! Every entry of a mounted root with all that a layer keeps, but for times.
QMap<QByteArray, QByteArray> describedRoot(const QString &folder)
{
    QMap<QByteArray, QByteArray> entries;
    QDirIterator all(folder, QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (all.hasNext()) {
        const QByteArray path = QFile::encodeName(all.next());
        struct stat status;
        if (::lstat(path.constData(), &status) != 0)
            continue;
        QByteArray text = QByteArray::number(status.st_mode, 8) + ' ' + QByteArray::number(status.st_uid) + ':' + QByteArray::number(status.st_gid) + ' ';
        QByteArray bytes(4096, '\0');
        if (S_ISLNK(status.st_mode)) {
            text += bytes.left(::readlink(path.constData(), bytes.data(), size_t(bytes.size())));
        } else if (S_ISREG(status.st_mode)) {
            QFile file(QFile::decodeName(path));
            text += file.open(QIODevice::ReadOnly) ? Digest::ofBytes(file.readAll()).hex().toLatin1() : QByteArray("unreadable");
            text += ' ' + bytes.left(std::max<ssize_t>(0, ::lgetxattr(path.constData(), "user.slipway", bytes.data(), size_t(bytes.size()))));
        }
        entries.insert(path.mid(folder.size()), text);
    }
    return entries;
}

//! The config without what depends on when it was built.
nlohmann::json timeless(nlohmann::json config)
{
    config.erase("created");
    config.erase("rootfs");
    for (auto &entry : config["history"])
        entry.erase("created");
    return config;
}

QString stateText(const BuildPlan &plan)
{
    QString text;
    for (const BuildStep &step : plan.steps)
        text += u"  %1 %2 %3 [%4]\n"_s.arg(step.index).arg(int(step.state)).arg(step.text, step.cause);
    return text;
}

} // namespace

//! Random edits of random projects: what the plan says is what the build does, and what the build makes is what a clean one makes.
class TestPlanAgrees : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyEdit_runsWhatThePlanSays();

private:
    QString checkEdit(RandomProject &project, const RandomProject::Edit &edit, bool compareWithClean);
    QString buildTriggerBase(BuildFixture::Builder &builder, const RandomProject &project, QByteArray *known);
    QString compareWithCleanBuild(const RandomProject &project, const ImageRecord &image);
    static QMap<QByteArray, QByteArray> filesOf(BuildFixture::Builder &builder, const ImageRecord &image);

    std::unique_ptr<BuildFixture::Builder> m_builder;
    std::unique_ptr<BuildFixture::Builder> m_clean;
    QByteArray m_base, m_cleanBase;
    int m_failedBuilds = 0;
    int m_cleanBuilds = 0;
    int m_steps = 0;
    int m_executed = 0;
};

void TestPlanAgrees::initTestCase()
{
    m_builder = std::make_unique<BuildFixture::Builder>();
    m_clean = std::make_unique<BuildFixture::Builder>();
}

QString TestPlanAgrees::buildTriggerBase(BuildFixture::Builder &builder, const RandomProject &project, QByteArray *known)
{
    if (*known == project.triggerBase())
        return {};
    *known = project.triggerBase();
    BuildRequest request = builder.request(project.triggerBase());
    request.tags = QStringList{u"triggers"_s};
    const auto built = builder.build(request);
    return built ? QString() : u"the base image: "_s + built.error().detail;
}

QMap<QByteArray, QByteArray> TestPlanAgrees::filesOf(BuildFixture::Builder &builder, const ImageRecord &image)
{
    QTemporaryDir mountPoint;
    if (image.topLayer().isNull() || !builder.store->mountLayers(image.topLayer(), {}, {}, mountPoint.path()))
        return {};
    const auto entries = describedRoot(mountPoint.path());
    (void)unmountTree(mountPoint.path());
    return entries;
}

QString TestPlanAgrees::compareWithCleanBuild(const RandomProject &project, const ImageRecord &image)
{
    if (const QString base = buildTriggerBase(*m_clean, project, &m_cleanBase); !base.isEmpty())
        return base;
    BuildRequest request = project.request();
    request.noCache = true;
    const auto clean = m_clean->build(request);
    if (!clean)
        return u"a clean build fails: "_s + clean.error().detail;
    ++m_cleanBuilds;
    if (timeless(clean->config) != timeless(image.config))
        return u"another config than a clean build's: %1 and %2"_s.arg(QString::fromStdString(timeless(image.config).dump()), QString::fromStdString(timeless(clean->config).dump()));
    const auto here = filesOf(*m_builder, image);
    const auto there = filesOf(*m_clean, *clean);
    for (auto it = there.begin(); it != there.end(); ++it) {
        if (here.value(it.key()) != *it)
            return u"%1 is \"%2\", in a clean build \"%3\""_s.arg(QString::fromUtf8(it.key()), QString::fromUtf8(here.value(it.key(), "missing")), QString::fromUtf8(*it));
    }
    return here.size() == there.size() ? QString() : u"there are files that a clean build does not make"_s;
}

//! \return what is wrong
QString TestPlanAgrees::checkEdit(RandomProject &project, const RandomProject::Edit &edit, bool compareWithClean)
{
    if (const QString base = buildTriggerBase(*m_builder, project, &m_base); !base.isEmpty())
        return base;
    BuildFixture::Builder &b = *m_builder;
    const BuildRequest request = project.request();
    const auto planned = b.plan(request);
    if (!planned)
        return u"the plan fails: "_s + planned.error().detail;
    b.last.clear();
    const auto built = b.build(request);
    if (planned->shown != b.planned)
        return u"the build had another plan:\n"_s + stateText(planned->shown) + stateText(b.planned);
    const QSet<int> predicted = BuildFixture::Builder::predicted(planned->shown);
    if (!built) {
        ++m_failedBuilds;
        return planned->hasErrors() && b.executed.isEmpty() ? QString() : u"the build fails: "_s + built.error().detail;
    }
    m_steps += int(planned->shown.steps.size());
    m_executed += int(b.executed.size());
    if (planned->hasErrors())
        return u"the build works, though the plan has errors"_s;
    if (b.executed != predicted)
        return u"other steps ran than planned:\n"_s + stateText(planned->shown);
    if (edit.effect == RandomProject::Effect::Nothing && !predicted.isEmpty())
        return u"steps run though nothing has changed:\n"_s + stateText(planned->shown);
    for (const BuildStep &step : planned->shown.steps) {
        const auto end = b.last.value(step.index, step).state;
        const bool isRight = step.state == BuildStep::State::WillRun ? end == BuildStep::State::Done : end == step.state;
        if (!isRight || (step.state == BuildStep::State::WillRun) == step.cause.isEmpty())
            return u"step %1 ended in state %2:\n"_s.arg(step.index).arg(int(end)) + stateText(planned->shown);
    }
    const auto again = b.build(request);
    if (!again || !b.executed.isEmpty() || again->id != built->id)
        return u"a second build is not all cached:\n"_s + stateText(b.planned);
    return compareWithClean ? compareWithCleanBuild(project, *built) : QString();
}

void TestPlanAgrees::everyEdit_runsWhatThePlanSays()
{
    bool isNumber = false;
    const quint32 given = qEnvironmentVariable("SLIPWAY_TEST_SEED").toUInt(&isNumber);
    const quint32 seed = isNumber ? given : 20241124;
    std::printf("seed %u (SLIPWAY_TEST_SEED)\n", seed);
    TestSupport::Tally tally("plan and build agree");
    for (int p = 0; p < projects; ++p) {
        RandomProject project(seed + quint32(p), m_builder->context.path() + u"/project"_s);
        QStringList course;
        QString problem = checkEdit(project, {}, true);
        tally.count(problem.isEmpty(), u"project %1 at its start: %2\n%3"_s.arg(seed + quint32(p)).arg(problem, QString::fromUtf8(project.dockerfile())));
        for (int i = 0; i < editsPerProject && problem.isEmpty(); ++i) {
            const RandomProject::Edit edit = project.edit();
            course += edit.what;
            problem = checkEdit(project, edit, i % editsPerCleanBuild == 0);
            tally.count(problem.isEmpty(), u"project %1 after %2: %3\n%4"_s.arg(seed + quint32(p)).arg(course.join("; "_L1), problem, QString::fromUtf8(project.dockerfile())));
        }
    }
    std::printf("%d steps planned, %d of them executed, %d clean builds compared, %d Dockerfiles with mistakes\n", m_steps, m_executed, m_cleanBuilds, m_failedBuilds);
    QVERIFY(tally.finish());
    QVERIFY(m_executed > projects * 10 && m_cleanBuilds >= projects && m_failedBuilds < projects * editsPerProject / 10);
}

int main(int argc, char **argv)
{
    return StoreFixture::runInNamespaces<TestPlanAgrees>(argc, argv);
}
#include "tst_planagrees.moc"
