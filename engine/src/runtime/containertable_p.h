// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runtime/containerrecord_p.h"
#include "storage/store_p.h"

namespace Engine::Internal {

//! The containers in the store's database. Any thread, any process; each call is one transaction, with the event that
//! tells others about it.
class ContainerTable final
{
public:
    explicit ContainerTable(Store &store) : m_store(store) {}

    //! Adds \p record; gives it a generated name when it has none. \return AlreadyExists for a name in use
    [[nodiscard]] Result<void> insert(ContainerRecord &record) const;
    //! By full id, name or unambiguous id prefix. \return NotFound with Docker's words, InvalidInput when ambiguous
    [[nodiscard]] Result<ContainerRecord> find(const QString &idOrName) const;
    [[nodiscard]] Result<std::optional<ContainerRecord>> get(const ContainerId &id) const;
    //! Newest first.
    [[nodiscard]] Result<QList<ContainerRecord>> list() const;
    //! Stores \p life if nobody else has changed the record since it was read, and \p event ("start", "die"; may be
    //! empty). \p record is then up to date. \return false when somebody was quicker: read it again
    [[nodiscard]] Result<bool> changeLife(ContainerRecord &record, const ContainerLife &life, const QString &event) const;
    [[nodiscard]] Result<void> rename(const ContainerRecord &record, const QString &newName) const;
    //! Events: "die" with \p died, then "destroy". \return false when it was gone already
    enum class Died { No, Yes };
    [[nodiscard]] Result<bool> erase(const ContainerRecord &record, Died died) const;

private:
    Store &m_store;
};

} // namespace Engine::Internal
