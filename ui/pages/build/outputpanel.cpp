// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/build/outputpanel.h"

#include "controllers/buildcontroller.h"
#include "errors/errortext.h"
#include "widgets/buildoutputview.h"
#include "widgets/format.h"
#include "widgets/hairline.h"
#include "widgets/theme.h"

#include <QtCore/QEvent>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QToolButton>

namespace Gui {

using namespace Qt::StringLiterals;
using Engine::BuildStep;
using Engine::ErrorCode;

OutputPanel::OutputPanel(BuildController *controller, QWidget *parent)
    : QFrame(parent), m_controller(controller), m_view(new BuildOutputView(&controller->buildSteps(), &controller->log(), this)),
      m_picture(new QLabel(this)), m_title(new QLabel(this)), m_follow(new QToolButton(this))
{
    setObjectName(u"panel"_s);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    auto *header = new QHBoxLayout;
    header->setContentsMargins(16, 6, 8, 6);
    header->setSpacing(8);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    header->addWidget(m_picture);
    header->addWidget(m_title, 1);
    m_follow->setIcon(icon(u"arrow-down-to-line"_s));
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_follow->setToolTip(tr("Follow the output"));
    m_follow->setAccessibleName(tr("Follow the output"));
    header->addWidget(m_follow);
    column->addLayout(header);
    column->addWidget(new Hairline(this));
    column->addWidget(m_view, 1);

    connect(m_follow, &QToolButton::toggled, m_view, &BuildOutputView::setFollowing);
    connect(m_view, &BuildOutputView::followingChanged, m_follow, &QToolButton::setChecked);
    connect(m_view, &BuildOutputView::stepActivated, this, &OutputPanel::stepActivated);
    connect(controller, &BuildController::stateChanged, this, &OutputPanel::showState);
    connect(controller, &BuildController::buildFinished, this, &OutputPanel::showState);
    connect(controller, &BuildController::buildFinished, this, &OutputPanel::showError);
    showState();
}

void OutputPanel::showState()
{
    QIcon picture = icon(u"scroll-text"_s);
    QString title = tr("Build output");
    if (m_controller->state() == BuildController::State::Stopping) {
        title = tr("Stopping…");
    } else if (m_controller->state() == BuildController::State::Building) {
        picture = icon(u"hammer"_s, IconRole::Accent);
        title = tr("Building…");
    } else if (const auto &image = m_controller->lastImage()) {
        picture = icon(u"circle-check"_s, IconRole::Ok);
        const QString name = image->references.isEmpty() ? image->id.shortHex() : image->references.first();
        title = tr("Built %1 (%2) in %3").arg(m_controller->request().tags.value(0, name), sizeText(image->sizeBytes), durationText(m_controller->buildTime()));
    } else if (const auto &error = m_controller->buildError()) {
        const bool stopped = error->code == ErrorCode::Cancelled;
        picture = stopped ? icon(u"circle-stop"_s) : icon(u"circle-x"_s, IconRole::Bad);
        title = stopped ? tr("The build was stopped") : tr("The build failed");
    }
    m_picture->setPixmap(picture.pixmap(QSize(16, 16), devicePixelRatioF()));
    m_title->setText(title);
}

void OutputPanel::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        showState();
    QFrame::changeEvent(event);
}

void OutputPanel::showError()
{
    const auto &error = m_controller->buildError();
    if (!error || error->code == ErrorCode::Cancelled) {
        m_view->setError(-1, {}, {});
        return;
    }
    const int step = m_controller->failedStep();
    const ErrorText text = errorText(*error);
    const QString sentence = text.remedy.isEmpty() ? text.sentence : text.sentence + u'\n' + text.remedy;
    const QString title = error->position ? tr("Line %1: %2").arg(error->position->line).arg(text.title) : text.title;
    m_view->setError(std::max(step, 0), title, sentence);
}

} // namespace Gui
