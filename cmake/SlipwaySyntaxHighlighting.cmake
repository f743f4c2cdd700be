# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the target slipway_ksyntax (KSyntaxHighlighting for Qt 6), from the first of:
#  1. KF6SyntaxHighlighting                       Debian 13: libkf6syntaxhighlighting-dev
#  2. a KF 5.10x built on Qt 6, in SLIPWAY_KSYNTAX_PREFIX (its package and target are still called KF5…)
#  3. Debian 12: Qt Creator 9's private Qt 6 build of KSyntaxHighlighting (package qtcreator) with the headers
#     of libkf5syntaxhighlighting-dev 5.103. That library has no definitions built in; all 358 are taken out of
#     Debian's Qt 5 library by tools/kshdump at configure time and installed as data.
# They lie in <build>/ksyntax and <data>/slipway/ksyntax, where ui/widgets/codehighlighter.cpp looks for them.
include_guard(GLOBAL)
add_library(slipway_ksyntax INTERFACE)
find_package(KF6SyntaxHighlighting 6.0 QUIET CONFIG)
if(TARGET KF6::SyntaxHighlighting)
  target_link_libraries(slipway_ksyntax INTERFACE KF6::SyntaxHighlighting)
  set(_flavour "KF6 ${KF6SyntaxHighlighting_VERSION}")
elseif(SLIPWAY_KSYNTAX_PREFIX)
  # NO_DEFAULT_PATH: Debian 12's own KF5SyntaxHighlighting is a Qt 5 build and would bring Qt 5 into the process
  find_package(KF5SyntaxHighlighting 5.100 REQUIRED CONFIG PATHS ${SLIPWAY_KSYNTAX_PREFIX} NO_DEFAULT_PATH)
  get_target_property(_libs KF5::SyntaxHighlighting INTERFACE_LINK_LIBRARIES)
  if(NOT "${_libs}" MATCHES "Qt6::")
    message(FATAL_ERROR "${KF5SyntaxHighlighting_DIR} is a Qt 5 build")
  endif()
  target_link_libraries(slipway_ksyntax INTERFACE KF5::SyntaxHighlighting)
  set(_flavour "KF5-on-Qt6 ${KF5SyntaxHighlighting_VERSION}")
else()
  find_library(SLIPWAY_QTC_KSYNTAX NAMES libKSyntaxHighlighting.so.9
               PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/qtcreator NO_DEFAULT_PATH)
  find_path(SLIPWAY_KF5_KSYNTAX_INCLUDE KSyntaxHighlighting/Repository PATHS /usr/include/KF5/KSyntaxHighlighting NO_DEFAULT_PATH)
  if(NOT SLIPWAY_QTC_KSYNTAX OR NOT SLIPWAY_KF5_KSYNTAX_INCLUDE)
    message(FATAL_ERROR "KSyntaxHighlighting for Qt 6 is missing. Debian 13: apt install libkf6syntaxhighlighting-dev. "
                        "Debian 12: apt install --no-install-recommends qtcreator libkf5syntaxhighlighting-dev")
  endif()
  target_link_libraries(slipway_ksyntax INTERFACE Qt6::Gui ${SLIPWAY_QTC_KSYNTAX})
  target_include_directories(slipway_ksyntax SYSTEM INTERFACE
    ${SLIPWAY_KF5_KSYNTAX_INCLUDE} ${SLIPWAY_KF5_KSYNTAX_INCLUDE}/KSyntaxHighlighting)
  set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
  set(_definitions ${CMAKE_BINARY_DIR}/ksyntax)
  if(NOT EXISTS ${_definitions}/syntax/dockerfile.xml)
    set(_b ${CMAKE_BINARY_DIR}/kshdump)
    execute_process(COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/kshdump -B ${_b} -G ${CMAKE_GENERATOR}
                            -DCMAKE_BUILD_TYPE=Release COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
    execute_process(COMMAND ${CMAKE_COMMAND} --build ${_b} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
    execute_process(COMMAND ${_b}/kshdump ${_definitions} COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
  endif()
  install(DIRECTORY ${_definitions} DESTINATION ${CMAKE_INSTALL_DATADIR}/slipway)
  set(_flavour "Qt Creator's private library, KF5 headers")
endif()
message(STATUS "KSyntaxHighlighting: ${_flavour}")
