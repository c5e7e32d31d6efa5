# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DTS=isolab_zh_CN.ts -DOUTPUT=chinese_texts.cpp -P WriteTexts.cmake
# The translations that documents need (compare/report/speech.h) as a table in C++, so that programs without Qt have them
# too.

cmake_minimum_required(VERSION 3.22)
set(contexts Facts Catalogue)

# A text of XML as one between double quotes in C++.
function(to_literal result text)
  string(REPLACE "&#92" "\\\\" text "${text}")
  string(REPLACE "&#91" "[" text "${text}")
  string(REPLACE "&#93" "]" text "${text}")
  string(REPLACE "&#59" ";" text "${text}")
  string(REPLACE "&apos;" "'" text "${text}")
  string(REPLACE "&quot;" "\\\"" text "${text}")
  string(REPLACE "&lt;" "<" text "${text}")
  string(REPLACE "&gt;" ">" text "${text}")
  string(REPLACE "&amp;" "&" text "${text}")
  string(REPLACE "\n" "\\n" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

file(READ ${TS} text)
# Letters that CMake's lists would take for their own.
string(REPLACE "\\" "&#92" text "${text}")
string(REPLACE "[" "&#91" text "${text}")
string(REPLACE "]" "&#93" text "${text}")
string(REPLACE ";" "&#59" text "${text}")

string(REGEX MATCHALL "<name>[^<]*<|<source>[^<]*<|<translation[^<]*<" pieces "${text}")
set(rows "")
foreach(piece IN LISTS pieces)
  string(REGEX REPLACE "^<([a-z]+)[^>]*>(.*)<$" "\\1" kind "${piece}")
  string(REGEX REPLACE "^<([a-z]+)[^>]*>(.*)<$" "\\2" content "${piece}")
  if(kind STREQUAL "name")
    set(context "${content}")
  elseif(kind STREQUAL "source")
    to_literal(source "${content}")
  elseif(context IN_LIST contexts AND NOT content STREQUAL "")
    to_literal(translation "${content}")
    string(APPEND rows "    {\"${context}\", \"${source}\", \"${translation}\"},\n")
  endif()
endforeach()
if(rows STREQUAL "")
  message(FATAL_ERROR "${TS} has no translations of the contexts ${contexts}")
endif()

file(WRITE ${OUTPUT} "// Made of translations/ by cmake/WriteTexts.cmake.
#include \"compare/report/speech.h\"

namespace isolab {
namespace {

constexpr Translation chinese[] = {
${rows}};

} // namespace

std::span<const Translation> chinese_texts() noexcept { return chinese; }

} // namespace isolab
")
