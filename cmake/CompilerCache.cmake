# Compiles through ccache where it is installed. Precompiled headers need more: clang must not write their time into them,
# and ccache must not look at the times of the files that they were made of.
option(CHAMELEON_CCACHE "Compile through ccache if there is one" ON)
find_program(CCACHE_PROGRAM ccache)
if(CHAMELEON_CCACHE AND CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang\ -fno-pch-timestamp>)
endif()
