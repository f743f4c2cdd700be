# SPDX-License-Identifier: GPL-3.0-or-later
include_guard(GLOBAL)

# slipway_add_test(<unit> LABELS <label>… LIBS <target>… [SOURCES <file>…] [TIMEOUT <seconds>] [ENVIRONMENT VAR=value…])
# builds tst_<unit>.cpp beside the caller and registers it with CTest: offscreen, UTF-8, no user settings.
# CTest shows a test as skipped that exits with 77, or whose every function was skipped (the two that pass all the same
# are initTestCase and cleanupTestCase).
function(slipway_add_test unit)
  cmake_parse_arguments(arg "" "TIMEOUT" "LABELS;LIBS;SOURCES;ENVIRONMENT" ${ARGN})
  find_package(Qt6 REQUIRED COMPONENTS Test)
  add_executable(tst_${unit} tst_${unit}.cpp ${arg_SOURCES})
  set_target_properties(tst_${unit} PROPERTIES UNITY_BUILD OFF)
  target_link_libraries(tst_${unit} PRIVATE Slipway::options Qt6::Test ${arg_LIBS})
  target_compile_definitions(tst_${unit} PRIVATE
    SLIPWAY_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" SLIPWAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    SLIPWAY_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${unit} COMMAND tst_${unit})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  set_tests_properties(${unit} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
    SKIP_RETURN_CODE 77 SKIP_REGULAR_EXPRESSION "Totals: [0-2] passed, 0 failed, [1-9][0-9]* skipped"
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;QT_LOGGING_RULES=;SLIPWAY_BUILD=${PROJECT_BINARY_DIR};${arg_ENVIRONMENT}")
endfunction()
