# SPDX-License-Identifier: GPL-3.0-or-later
include_guard()

# Programs that are measured by their behaviour and not by their speed compile fastest this way.
set(ISOLAB_TEST_OPTIONS $<$<NOT:$<CONFIG:Debug>>:-Og>)

# Qt tells each test its build folder (for qFindTestData, which ours do not use), in a macro that would make every test
# need precompiled headers of its own and keep a compiler cache from finding it in another clone.
get_target_property(definitions Qt6::Test INTERFACE_COMPILE_DEFINITIONS)
list(FILTER definitions EXCLUDE REGEX "QT_TESTCASE_")
set_property(TARGET Qt6::Test PROPERTY INTERFACE_COMPILE_DEFINITIONS "${definitions}")

# isolab_test_program(NAME SOURCES... LINK... [PRECOMPILED target] [AUTOMOC])
# A program that only tests use, in build/tests beside them.
function(isolab_test_program name)
  cmake_parse_arguments(T "AUTOMOC" "PRECOMPILED" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ${T_AUTOMOC} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${T_LINK} isolab::strict isolab::sanitized)
  target_compile_options(${name} PRIVATE ${ISOLAB_TEST_OPTIONS})
  if(T_PRECOMPILED)
    target_precompile_headers(${name} REUSE_FROM ${T_PRECOMPILED})
    # Without contents, since each test includes what moc makes of it.
    set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/${name}_autogen/mocs_compilation.cpp PROPERTIES
      SKIP_PRECOMPILE_HEADERS ON)
  endif()
endfunction()

# isolab_test(NAME x SOURCES x_test.cpp LINK libs... LABELS unit [TIMEOUT s] [LOCKS names...] [COST s]
#             [DEPENDS targets...] [GUI])
# One QtTest executable, registered with CTest. Labels: unit root rootless vm gui network slow interop.
# LOCKS: what it shares with other tests and can have only for itself, see tests/README.md.
# COST: about how many seconds it takes; the longest begin first.
function(isolab_test)
  cmake_parse_arguments(T "GUI" "NAME;TIMEOUT;COST" "SOURCES;LINK;LABELS;DEPENDS;ENVIRONMENT;LOCKS" ${ARGN})
  set(precompiled isolab_test_headers)
  if(T_GUI)
    set(precompiled isolab_gui_test_headers)
  endif()
  isolab_test_program(${T_NAME} SOURCES ${T_SOURCES} LINK ${T_LINK} isolab_test_support Qt6::Test
    PRECOMPILED ${precompiled} AUTOMOC)
  if(T_DEPENDS)
    add_dependencies(${T_NAME} ${T_DEPENDS})
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300) # of a hang; what waits inside a test gives up before
  endif()
  add_test(NAME ${T_NAME} COMMAND ${T_NAME})
  math(EXPR function_timeout "1000 * ${T_TIMEOUT}") # QtTest's own, 300 s for one function, could come first
  set(environment LC_ALL=C.UTF-8 LANGUAGE= QTEST_FUNCTION_TIMEOUT=${function_timeout} ${T_ENVIRONMENT})
  set_tests_properties(${T_NAME} PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}"
    SKIP_REGULAR_EXPRESSION "Totals: 0 passed, 0 failed" # initTestCase() skipped
    ENVIRONMENT "${environment}" RESOURCE_LOCK "${T_LOCKS}")
  if(T_COST)
    set_tests_properties(${T_NAME} PROPERTIES COST ${T_COST})
  endif()
endfunction()
