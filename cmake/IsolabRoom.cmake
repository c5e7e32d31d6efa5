# SPDX-License-Identifier: GPL-3.0-or-later
# Most of a source's time goes into headers that its neighbours read too. So a room compiles several sources as one,
# about ISOLAB_BATCH bytes at a time. Names without linkage must therefore differ within a room. Linting and whoever
# wants to know whether each source compiles by itself configure with ISOLAB_BATCH=0.
set(ISOLAB_BATCH 40000 CACHE STRING "Bytes of sources that are compiled as one; 0: each by itself")

# isolab_batches(RESULT NAME SOURCES...)
# Sources that include those given, relative to the source folder, so that a compiler cache knows them in any clone; what
# CMake's own UNITY_BUILD makes has absolute paths. Those with SKIP_UNITY_BUILD_INCLUSION stay apart.
function(isolab_batches result name)
  if(NOT ISOLAB_BATCH)
    set(${result} ${ARGN} PARENT_SCOPE)
    return()
  endif()
  set(batches)
  set(text)
  set(size 0)
  set(number 1)
  foreach(source ${ARGN})
    get_filename_component(path ${source} ABSOLUTE)
    file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR} ${path})
    get_source_file_property(alone ${source} SKIP_UNITY_BUILD_INCLUSION)
    cmake_path(IS_PREFIX CMAKE_BINARY_DIR ${path} generated)
    if(alone OR generated)
      list(APPEND batches ${source})
      continue()
    endif()
    file(SIZE ${path} bytes)
    math(EXPR size "${size} + ${bytes}")
    string(APPEND text "#include \"${relative}\"\n")
    if(size GREATER_EQUAL ISOLAB_BATCH)
      file(CONFIGURE OUTPUT ${name}_${number}.cpp CONTENT "${text}" @ONLY)
      list(APPEND batches ${CMAKE_CURRENT_BINARY_DIR}/${name}_${number}.cpp)
      math(EXPR number "${number} + 1")
      set(text)
      set(size 0)
    endif()
  endforeach()
  if(text)
    file(CONFIGURE OUTPUT ${name}_${number}.cpp CONTENT "${text}" @ONLY)
    list(APPEND batches ${CMAKE_CURRENT_BINARY_DIR}/${name}_${number}.cpp)
  endif()
  set(${result} ${batches} PARENT_SCOPE)
endfunction()

# A room of the house (docs/architecture.md) as a static library:
#
#   isolab_room(compare_model SOURCES workload.cpp PUBLIC isolab::base PRIVATE fmt::fmt)
#
# makes the target isolab_compare_model, called isolab::compare_model by those who link it. PUBLIC are libraries whose
# headers its own headers name, PRIVATE the others; our flags and the precompiled headers of engine/base go without
# saying.
function(isolab_room name)
  cmake_parse_arguments(room "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(room_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "isolab_room(${name}): what is ${room_UNPARSED_ARGUMENTS}?")
  endif()
  isolab_batches(sources ${name} ${room_SOURCES})
  add_library(isolab_${name} STATIC ${sources})
  add_library(isolab::${name} ALIAS isolab_${name})
  target_link_libraries(isolab_${name} PUBLIC ${room_PUBLIC}
                        PRIVATE ${room_PRIVATE} isolab::strict isolab::sanitized)
  if(name STREQUAL "base")
    target_precompile_headers(isolab_base PRIVATE ${ISOLAB_COMMON_HEADERS})
  else()
    target_precompile_headers(isolab_${name} REUSE_FROM isolab_base)
  endif()
endfunction()
