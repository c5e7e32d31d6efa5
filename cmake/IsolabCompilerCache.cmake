# SPDX-License-Identifier: GPL-3.0-or-later
# With ccache an object that any clone or worktree has compiled once is not compiled again. Paths below the sources are
# made relative, and neither they nor the times of precompiled headers count.
option(ISOLAB_CCACHE "Compile through ccache where it is installed" ON)
find_program(ISOLAB_CCACHE_PROGRAM ccache)
mark_as_advanced(ISOLAB_CCACHE_PROGRAM)
if(ISOLAB_CCACHE AND ISOLAB_CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(launcher env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true CCACHE_DEPEND=true CCACHE_INODECACHE=true
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${ISOLAB_CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
