// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <engine/result.h>

#include <span>

namespace Engine::Internal {

//! Bytes that are read once, in order: a file, an HTTP body, the inflated form of another source.
//! One thread at a time.
class ByteSource
{
public:
    virtual ~ByteSource() = default;
    //! Fills the front of \p buffer; blocks. \return how many bytes, 0 at the end
    [[nodiscard]] virtual Result<size_t> read(std::span<char> buffer) = 0;
};

} // namespace Engine::Internal
