// SPDX-License-Identifier: GPL-3.0-or-later
#include <engine/events.h>

#include "services/core_p.h"

namespace Engine {

class Events::Private final
{
public:
    std::shared_ptr<Internal::Core> core;
};

Events::Events(std::shared_ptr<Internal::Core> core, QObject *parent) : QObject(parent), d(new Private{std::move(core)}) {}

Events::~Events() = default;

} // namespace Engine
