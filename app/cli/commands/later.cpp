// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command.h"

// Commands that Docker has and Slipway has not yet. They are known so that whoever types one reads why it does not work.
namespace Cli {

namespace {

constexpr const char *noNetworks = "Slipway does not have networks of its own yet; containers use the host's, or none";
constexpr const char *noVolumes = "Slipway does not have volumes yet; run with -v FOLDER:FOLDER to share files";

constexpr Command later(const char *paths, const char *refusal)
{
    return {.paths = paths, .run = nullptr, .refusal = refusal};
}

constexpr Command laterTable[] = {
    later("cp|container cp", "Slipway does not copy into and out of containers yet; run with -v FOLDER:FOLDER to share files"),
    later("pause|container pause", "Slipway does not freeze containers yet"),
    later("unpause|container unpause", "Slipway does not freeze containers yet"),
    later("top|container top", "Slipway does not list a container's processes yet; try slipway exec CONTAINER ps"),
    later("stats|container stats", "Slipway does not measure containers yet"),
    later("update|container update", "Slipway does not have resource limits yet"),
    later("push|image push", "Slipway cannot push to registries yet"),
    later("login", "Slipway reads the logins in ~/.docker/config.json and cannot add one yet"),
    later("logout", "Slipway reads the logins in ~/.docker/config.json and cannot remove one yet"),
    later("search", "Slipway does not search registries yet"),
    later("events|system events", "Slipway does not print events yet"),
    later("serve", "Slipway does not offer Docker's API yet"),
    later("compose", "Slipway does not have compose files yet"),
    later("network connect", noNetworks),
    later("network create", noNetworks),
    later("network disconnect", noNetworks),
    later("network inspect", noNetworks),
    later("network ls", noNetworks),
    later("network prune", noNetworks),
    later("network rm", noNetworks),
    later("volume create", noVolumes),
    later("volume inspect", noVolumes),
    later("volume ls", noVolumes),
    later("volume prune", noVolumes),
    later("volume rm", noVolumes),
};

} // namespace

std::span<const Command> laterCommands()
{
    return laterTable;
}

} // namespace Cli
