// SPDX-License-Identifier: GPL-3.0-or-later
#include <KSyntaxHighlighting/Repository>
#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <cstdio>
int main(int c, char **v) {
  QCoreApplication a(c, v);
  KSyntaxHighlighting::Repository r;
  QDirIterator it(":/org.kde.syntax-highlighting", QDirIterator::Subdirectories);
  int n = 0;
  while (it.hasNext()) { it.next(); if (!it.fileInfo().isFile()) continue;
    QString rel = it.filePath().mid(int(qstrlen(":/org.kde.syntax-highlighting/")));
    QString out = QString(v[1]) + "/" + rel; QDir().mkpath(QFileInfo(out).path());
    QFile::copy(it.filePath(), out); ++n; }
  printf("%d files\n", n);
}
