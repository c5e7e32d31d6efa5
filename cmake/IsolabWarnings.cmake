# SPDX-License-Identifier: GPL-3.0-or-later
# isolab::strict: what every target of ours is compiled with.
add_library(isolab_strict INTERFACE)
add_library(isolab::strict ALIAS isolab_strict)
target_compile_options(isolab_strict INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
  -Wconversion -Wsign-conversion -Wformat=2 -Wno-missing-field-initializers -Werror
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overread>) # false positives of GCC 12
target_include_directories(isolab_strict INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(isolab_strict INTERFACE _GNU_SOURCE)
# Some distributions' compilers define it already, which would be a warning.
target_compile_options(isolab_strict INTERFACE "$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")

# isolab::sanitized: sanitizers for everything that is not linked statically.
add_library(isolab_sanitized INTERFACE)
add_library(isolab::sanitized ALIAS isolab_sanitized)
if(ISOLAB_SANITIZE)
  target_compile_options(isolab_sanitized INTERFACE -fsanitize=${ISOLAB_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(isolab_sanitized INTERFACE -fsanitize=${ISOLAB_SANITIZE})
endif()
