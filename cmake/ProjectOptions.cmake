# SPDX-License-Identifier: GPL-3.0-or-later
# Slipway::options carries every compiler flag and definition of the project; nothing else sets any.
include_guard(GLOBAL)
include(CTest)

set(CMAKE_CXX_EXTENSIONS ON) # ENGINE_TRY is a GNU statement expression
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(slipway_options INTERFACE)
add_library(Slipway::options ALIAS slipway_options)
target_compile_features(slipway_options INTERFACE cxx_std_23)
# A designated initialiser names what differs from the default, so the rest is left out on purpose.
target_compile_options(slipway_options INTERFACE
  -Wall -Wextra -Wno-missing-field-initializers -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast
  -fno-semantic-interposition -D_FILE_OFFSET_BITS=64)
target_compile_definitions(slipway_options INTERFACE
  SLIPWAY_VERSION="${PROJECT_VERSION}"
  QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_URL_CAST_FROM_STRING
  QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_FOREACH QT_NO_KEYWORDS QT_STRICT_ITERATORS
  QT_DISABLE_DEPRECATED_BEFORE=0x060400)

option(SLIPWAY_WERROR "Warnings are errors" OFF)
if(SLIPWAY_WERROR)
  target_compile_options(slipway_options INTERFACE -Werror)
endif()

set(SLIPWAY_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined")
if(SLIPWAY_SANITIZE)
  target_compile_options(slipway_options INTERFACE -fsanitize=${SLIPWAY_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(slipway_options INTERFACE -fsanitize=${SLIPWAY_SANITIZE})
endif()

find_program(SLIPWAY_MOLD mold)
mark_as_advanced(SLIPWAY_MOLD)
if(SLIPWAY_MOLD)
  target_link_options(slipway_options INTERFACE -fuse-ld=mold)
endif()
target_link_options(slipway_options INTERFACE -Wl,--as-needed)
