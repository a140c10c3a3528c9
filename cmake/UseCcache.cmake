# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Compiles through ccache where there is one (CMakePresets.json includes this).
find_program(CCACHE_PROGRAM ccache)
mark_as_advanced(CCACHE_PROGRAM)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
