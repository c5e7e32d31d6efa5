# SPDX-License-Identifier: GPL-3.0-or-later
include_guard()

# isolab_test(NAME x SOURCES x_test.cpp LINK libs... LABELS unit [TIMEOUT s] [SERIAL] [DEPENDS targets...])
# One QtTest executable, registered with CTest. Labels: unit root rootless vm gui network slow interop.
function(isolab_test)
  cmake_parse_arguments(T "SERIAL" "NAME;TIMEOUT" "SOURCES;LINK;LABELS;DEPENDS;DEFINITIONS;ENVIRONMENT" ${ARGN})
  add_executable(${T_NAME} ${T_SOURCES})
  set_target_properties(${T_NAME} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${T_NAME} PRIVATE ${T_LINK} isolab::strict isolab::sanitized Qt6::Test)
  target_compile_definitions(${T_NAME} PRIVATE
    ISOLAB_SOURCE_DIR="${CMAKE_SOURCE_DIR}" ISOLAB_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}" ${T_DEFINITIONS})
  if(T_DEPENDS)
    add_dependencies(${T_NAME} ${T_DEPENDS})
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  add_test(NAME ${T_NAME} COMMAND ${T_NAME})
  math(EXPR function_timeout "1000 * ${T_TIMEOUT}") # QtTest's own, 300 s for one function, could come first
  set(environment LC_ALL=C.UTF-8 LANGUAGE= QTEST_FUNCTION_TIMEOUT=${function_timeout} ${T_ENVIRONMENT})
  set_tests_properties(${T_NAME} PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}"
    SKIP_REGULAR_EXPRESSION "Totals: 0 passed, 0 failed" # initTestCase() skipped
    ENVIRONMENT "${environment}")
  if(T_SERIAL)
    set_tests_properties(${T_NAME} PROPERTIES RUN_SERIAL TRUE)
  endif()
endfunction()
