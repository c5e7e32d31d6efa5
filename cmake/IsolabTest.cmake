# SPDX-License-Identifier: GPL-3.0-or-later
include_guard()

# Programs that are measured by their behaviour and not by their speed compile fastest this way.
set(ISOLAB_TEST_OPTIONS $<$<NOT:$<CONFIG:Debug>>:-Og>)

# Qt tells each test its build folder (for qFindTestData, which ours do not use), in a macro that would make every test
# need precompiled headers of its own and keep a compiler cache from finding it in another clone.
get_target_property(definitions Qt6::Test INTERFACE_COMPILE_DEFINITIONS)
list(FILTER definitions EXCLUDE REGEX "QT_TESTCASE_")
set_property(TARGET Qt6::Test PROPERTY INTERFACE_COMPILE_DEFINITIONS "${definitions}")

# isolab_test_program(NAME SOURCES... LINK... [AUTOMOC])
# A program that only tests use, in build/tests beside them.
function(isolab_test_program name)
  cmake_parse_arguments(T "AUTOMOC" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ${T_AUTOMOC} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${T_LINK} isolab::strict isolab::sanitized)
  target_compile_options(${name} PRIVATE ${ISOLAB_TEST_OPTIONS})
endfunction()

# isolab_test(NAME x SOURCES x_test.cpp LINK libs... LABELS unit [TIMEOUT s] [LOCKS names...] [COST s]
#             [DEPENDS targets...] [ENVIRONMENT ...] [GUI] [MEASURES])
# One class of QtTest, registered with CTest; the classes of a folder are one program (tests/support/test_main.h), the
# folder's name with _tests. Labels: unit root rootless vm gui network slow interop.
# LOCKS: what it shares with other tests and can have only for itself, see tests/README.md.
# COST: about how many seconds it takes; the longest begin first.
# MEASURES: it looks at milliseconds, and takes the place of two beside others.
function(isolab_test)
  cmake_parse_arguments(T "GUI;MEASURES" "NAME;TIMEOUT;COST" "SOURCES;LINK;LABELS;DEPENDS;ENVIRONMENT;LOCKS" ${ARGN})
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  get_property(known DIRECTORY PROPERTY ISOLAB_TEST_SOURCES SET)
  if(NOT known)
    cmake_language(EVAL CODE "cmake_language(DEFER CALL isolab_test_program_of_folder)")
  endif()
  set_property(DIRECTORY APPEND PROPERTY ISOLAB_TEST_SOURCES ${T_SOURCES})
  set_property(DIRECTORY APPEND PROPERTY ISOLAB_TEST_LINK ${T_LINK})
  set_property(DIRECTORY APPEND PROPERTY ISOLAB_TEST_DEPENDS ${T_DEPENDS})
  set_property(DIRECTORY APPEND PROPERTY ISOLAB_TEST_GUI ${T_GUI})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300) # of a hang; what waits inside a test gives up before
  endif()
  list(GET T_SOURCES 0 source)
  get_filename_component(class ${source} NAME_WE)
  add_test(NAME ${T_NAME} COMMAND ${folder}_tests ${class})
  math(EXPR function_timeout "1000 * ${T_TIMEOUT}") # QtTest's own, 300 s for one function, could come first
  set(environment LC_ALL=C.UTF-8 LANGUAGE= QTEST_FUNCTION_TIMEOUT=${function_timeout} ${T_ENVIRONMENT})
  set_tests_properties(${T_NAME} PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}"
    SKIP_REGULAR_EXPRESSION "Totals: 0 passed, 0 failed" # initTestCase() skipped
    ENVIRONMENT "${environment}" RESOURCE_LOCK "${T_LOCKS}")
  if(T_COST)
    set_tests_properties(${T_NAME} PROPERTIES COST ${T_COST})
  endif()
  if(T_MEASURES)
    set_tests_properties(${T_NAME} PROPERTIES PROCESSORS 2)
  endif()
endfunction()

# The program of the tests that isolab_test() has seen in this folder.
function(isolab_test_program_of_folder)
  foreach(name SOURCES LINK DEPENDS GUI)
    get_property(${name} DIRECTORY PROPERTY ISOLAB_TEST_${name})
    list(REMOVE_DUPLICATES ${name})
  endforeach()
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  set(program ${folder}_tests)
  set(mocs)
  foreach(source ${SOURCES})
    get_filename_component(class ${source} NAME_WE)
    file(STRINGS ${source} wants_moc REGEX "^#include \"${class}\\.moc\"")
    if(wants_moc) # AUTOMOC would add two steps and a source to each program
      add_custom_command(OUTPUT ${class}.moc COMMAND Qt6::moc -o ${class}.moc ${CMAKE_CURRENT_SOURCE_DIR}/${source}
                         DEPENDS ${source} VERBATIM)
      list(APPEND mocs ${CMAKE_CURRENT_BINARY_DIR}/${class}.moc)
    endif()
  endforeach()
  isolab_batches(batches ${program} ${SOURCES})
  isolab_test_program(${program} SOURCES ${batches} ${mocs} LINK ${LINK} isolab_test_support Qt6::Test)
  target_sources(${program} PRIVATE $<TARGET_OBJECTS:isolab_test_main>)
  target_include_directories(${program} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
  set(headers isolab_test_headers)
  if(TRUE IN_LIST GUI)
    set(headers isolab_gui_test_headers)
  endif()
  target_precompile_headers(${program} REUSE_FROM ${headers})
  if(DEPENDS)
    add_dependencies(${program} ${DEPENDS})
  endif()
endfunction()
