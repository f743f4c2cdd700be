// SPDX-License-Identifier: GPL-3.0-or-later
#include "rows.h"

#include "humanize.h"

namespace Cli {

using namespace Qt::StringLiterals;

namespace {

constexpr int commandWidth = 20;    // Docker's widths
constexpr int createdByWidth = 45;

std::string cell(const QString &text)
{
    return harmless(text).toStdString();
}

QString shortened(const Engine::Digest &digest, Truncate truncate)
{
    return truncate == Truncate::Yes ? digest.shortHex() : digest.toString();
}

QString labelsText(const QMap<QString, QString> &labels)
{
    QStringList parts;
    for (auto it = labels.cbegin(); it != labels.cend(); ++it)
        parts += it.key() + u'=' + it.value();
    return parts.join(u',');
}

} // namespace

QString stateWord(Engine::ContainerState state)
{
    switch (state) {
    case Engine::ContainerState::Created:
        return u"created"_s;
    case Engine::ContainerState::Running:
        return u"running"_s;
    case Engine::ContainerState::Paused:
        return u"paused"_s;
    case Engine::ContainerState::Exited:
        return u"exited"_s;
    case Engine::ContainerState::Dead:
        return u"dead"_s;
    }
    return {};
}

QString statusText(const Engine::ContainerInfo &container, const QDateTime &now)
{
    const auto since = [&now](const QDateTime &time) { return humanDuration(std::chrono::seconds(time.secsTo(now))); };
    switch (container.state) {
    case Engine::ContainerState::Created:
        return u"Created"_s;
    case Engine::ContainerState::Running:
        return "Up "_L1 + since(container.started);
    case Engine::ContainerState::Paused:
        return u"Up %1 (Paused)"_s.arg(since(container.started));
    case Engine::ContainerState::Dead:
        return u"Dead"_s;
    case Engine::ContainerState::Exited:
        break;
    }
    const QString code = container.exitUnknown ? u"unknown"_s : QString::number(container.exitCode);
    return u"Exited (%1)"_s.arg(code) + (container.finished.isValid() ? u" %1 ago"_s.arg(since(container.finished)) : QString());
}

const ListingView &containerView()
{
    static const ListingView view{
        .table = "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}",
        .quietTable = "{{.ID}}",
        .raw = "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\n"
               "state: {{- pad .State 1 0}}\nstatus: {{- pad .Status 1 0}}\nnames: {{.Names}}\nlabels: {{- pad .Labels 1 0}}\n"
               "ports: {{- pad .Ports 1 0}}\n",
        .quietWins = true,
        .titles = {{"ID", "CONTAINER ID"}, {"Image", "IMAGE"}, {"Command", "COMMAND"}, {"CreatedAt", "CREATED AT"},
                   {"RunningFor", "CREATED"}, {"Status", "STATUS"}, {"State", "STATE"}, {"Ports", "PORTS"}, {"Names", "NAMES"},
                   {"Labels", "LABELS"}, {"Networks", "NETWORKS"}},
    };
    return view;
}

Json containerRow(const Engine::ContainerInfo &container, Truncate truncate, const QDateTime &now)
{
    const bool isShort = truncate == Truncate::Yes;
    const QString command = commandLine(container.command);
    QString image = container.image;
    if (image.isEmpty())
        image = u"<no image>"_s;
    else if (isShort && container.imageId.hex().startsWith(image)) // it was created by an id
        image = image.left(12);
    return {
        {"ID", cell(isShort ? container.id.shortId() : container.id.toString())},
        {"Image", cell(image)},
        {"Command", quoted(isShort ? ellipsis(command, commandWidth) : command).toStdString()},
        {"CreatedAt", goTime(container.created).toStdString()},
        {"RunningFor", humanSince(container.created, now).toStdString()},
        {"Status", statusText(container, now).toStdString()},
        {"State", stateWord(container.state).toStdString()},
        {"Ports", ""}, // nothing is published without networks
        {"Names", cell(container.name)},
        {"Labels", cell(labelsText(container.labels))},
        {"Networks", container.network == Engine::NetworkMode::Host ? "host" : "none"},
    };
}

namespace {

Json imageTitles()
{
    return {{"Repository", "REPOSITORY"}, {"Tag", "TAG"}, {"Digest", "DIGEST"}, {"ID", "IMAGE ID"}, {"CreatedSince", "CREATED"},
            {"CreatedAt", "CREATED AT"}, {"Size", "SIZE"}, {"SharedSize", "SHARED SIZE"}, {"UniqueSize", "UNIQUE SIZE"},
            {"Containers", "CONTAINERS"}};
}

} // namespace

const ListingView &imageView()
{
    static const ListingView view{.table = "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}",
                                  .quietTable = "{{.ID}}",
                                  .raw = "repository: {{.Repository}}\ntag: {{.Tag}}\nimage_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\n"
                                         "virtual_size: {{.Size}}\n",
                                  .titles = imageTitles()};
    return view;
}

const ListingView &imageDigestView()
{
    static const ListingView view{.table = "{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}",
                                  .quietTable = "{{.ID}}",
                                  .raw = "repository: {{.Repository}}\ntag: {{.Tag}}\ndigest: {{.Digest}}\nimage_id: {{.ID}}\n"
                                         "created_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n",
                                  .titles = imageTitles()};
    return view;
}

Json imageRow(const Engine::ImageInfo &image, const QString &reference, Truncate truncate, const QDateTime &now)
{
    const QString none = u"<none>"_s;
    const Engine::Result<Engine::ImageReference> parsed = Engine::ImageReference::parse(reference);
    const QString repository = parsed ? parsed->familiarName() : none;
    const QString tag = parsed && !parsed->tag.isEmpty() ? parsed->tag : none;
    return {
        {"Repository", cell(repository)},
        {"Tag", cell(tag)},
        {"Digest", (image.manifest.isNull() ? none : image.manifest.toString()).toStdString()},
        {"ID", shortened(image.id, truncate).toStdString()},
        {"CreatedSince", humanSince(image.created, now).toStdString()},
        {"CreatedAt", (image.created.isValid() ? goTime(image.created) : u"N/A"_s).toStdString()},
        {"Size", humanSize(image.sizeBytes).toStdString()},
        {"SharedSize", humanSize(image.sharedBytes).toStdString()},
        {"UniqueSize", humanSize(image.sizeBytes - image.sharedBytes).toStdString()},
        {"Containers", std::to_string(image.containerCount)},
    };
}

const ListingView &historyView()
{
    static const ListingView view{
        .table = "{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}",
        .quietTable = "{{.ID}}",
        .titles = {{"ID", "IMAGE"}, {"CreatedSince", "CREATED"}, {"CreatedAt", "CREATED AT"}, {"CreatedBy", "CREATED BY"},
                   {"Size", "SIZE"}, {"Comment", "COMMENT"}},
    };
    return view;
}

Json historyRow(const Engine::HistoryEntry &entry, Truncate truncate, Numbers numbers, const QDateTime &now)
{
    QString createdBy = entry.createdBy;
    createdBy.replace(u'\t', u' ');
    createdBy = harmless(createdBy);
    if (truncate == Truncate::Yes)
        createdBy = ellipsis(createdBy, createdByWidth);
    const QString at = entry.created.isValid() ? entry.created.toLocalTime().toString(Qt::ISODate) : u"N/A"_s;
    return {
        {"ID", (entry.image.isNull() ? u"<missing>"_s : shortened(entry.image, truncate)).toStdString()},
        {"CreatedSince", (numbers == Numbers::Human ? humanSince(entry.created, now) : at).toStdString()},
        {"CreatedAt", at.toStdString()},
        {"CreatedBy", createdBy.toStdString()},
        {"Size", (numbers == Numbers::Human ? humanSize(entry.sizeBytes) : QString::number(entry.sizeBytes)).toStdString()},
        {"Comment", cell(entry.comment)},
    };
}

} // namespace Cli
