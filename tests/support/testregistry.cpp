// SPDX-License-Identifier: GPL-3.0-or-later
#include "testregistry.h"

#include <QtCore/QFile>
#include <QtCore/QStandardPaths>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

namespace TestSupport {

namespace {

quint16 freePort()
{
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0;
}

bool answersAt(quint16 port)
{
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, port);
    return socket.waitForConnected(100);
}

} // namespace

TestRegistry::~TestRegistry()
{
    m_process.terminate();
    if (!m_process.waitForFinished(5000))
        m_process.kill();
    m_process.waitForFinished(5000);
}

QString TestRegistry::start()
{
    if (QStandardPaths::findExecutable(u"docker-registry"_s).isEmpty() || QStandardPaths::findExecutable(u"skopeo"_s).isEmpty())
        return u"docker-registry and skopeo are not installed"_s;
    for (int attempt = 0; attempt < 3; ++attempt) { // somebody else may take the port in between
        const quint16 port = freePort();
        QFile config(m_folder.filePath(u"config.yml"_s));
        if (!config.open(QFile::WriteOnly))
            return config.errorString();
        config.write("version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage:\n  filesystem: {rootdirectory: "
                     + m_folder.path().toUtf8() + "/data}\nhttp: {addr: 127.0.0.1:" + QByteArray::number(port) + "}\n");
        config.close();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"OTEL_TRACES_EXPORTER"_s, u"none"_s);
        m_process.setProcessEnvironment(environment);
        m_process.start(u"docker-registry"_s, {u"serve"_s, config.fileName()});
        if (QTest::qWaitFor([&] { return m_process.state() == QProcess::NotRunning || answersAt(port); }, 20'000)
            && m_process.state() == QProcess::Running) {
            m_address = u"127.0.0.1:%1"_s.arg(port);
            return {};
        }
    }
    return u"docker-registry did not start: "_s + QString::fromUtf8(m_process.readAllStandardError());
}

QString TestRegistry::push(const QString &layout, const QString &tag, const QString &name) const
{
    QProcess skopeo;
    skopeo.start(u"skopeo"_s, {u"copy"_s, u"--quiet"_s, u"--dest-tls-verify=false"_s, u"oci:%1:%2"_s.arg(layout, tag),
                               u"docker://%1/%2"_s.arg(m_address, name)});
    if (!skopeo.waitForFinished(120'000) || skopeo.exitCode() != 0)
        return u"skopeo: "_s + QString::fromUtf8(skopeo.readAllStandardError());
    return {};
}

QString TestRegistry::debianLayout(QString *reason)
{
    QProcess maker;
    maker.start(QStringLiteral(SLIPWAY_SOURCE_DIR "/tests/support/make-debian-image.sh"), {u"bookworm"_s});
    if (!maker.waitForFinished(600'000) || maker.exitCode() != 0) {
        *reason = QString::fromUtf8(maker.readAllStandardError()).trimmed();
        return {};
    }
    return QString::fromUtf8(maker.readAllStandardOutput()).trimmed();
}

} // namespace TestSupport
