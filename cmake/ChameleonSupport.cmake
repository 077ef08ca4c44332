# How Chameleon's libraries, tools and schedules are built. Four functions, used by every folder.

# Debian's LLVM has assertions off, RTTI on and exceptions off (facts: an out-of-tree Debug build without NDEBUG does not link).
add_library(chameleon_options INTERFACE)
target_compile_options(chameleon_options INTERFACE -Wall -Wextra -Wno-unused-parameter
  $<$<CXX_COMPILER_ID:Clang>:-Wno-unused-lambda-capture>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-dangling-reference>)
target_compile_definitions(chameleon_options INTERFACE ${LLVM_DEFINITIONS_LIST} NDEBUG)
target_include_directories(chameleon_options SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})

# One set of precompiled MLIR headers, shared by every library (0.6 s a file instead of 7 s).
file(WRITE ${CMAKE_BINARY_DIR}/pch/empty.cpp "")
add_library(chameleon_pch OBJECT ${CMAKE_BINARY_DIR}/pch/empty.cpp)
target_link_libraries(chameleon_pch PRIVATE chameleon_options)
target_precompile_headers(chameleon_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/PrecompiledHeaders.h)

# The imported MLIR* targets drag libLLVM.so in, so the archives are named directly.
file(GLOB CHAMELEON_MLIR_ARCHIVES ${LLVM_LIBRARY_DIR}/libMLIR*.a)
file(GLOB CHAMELEON_LLVM_ARCHIVES ${LLVM_LIBRARY_DIR}/libLLVM*.a)
list(FILTER CHAMELEON_MLIR_ARCHIVES EXCLUDE REGEX "Test|CAPI|Lsp|Reduce|Query|Tblgen|JitRunner")
list(FILTER CHAMELEON_LLVM_ARCHIVES EXCLUDE REGEX "BOLT|Exegesis|OptDriver|TableGen|Fuzz")
find_library(CHAMELEON_ZSTD_LIBRARY NAMES libzstd.a zstd libzstd.so.1)
find_library(CHAMELEON_ZLIB_LIBRARY NAMES libz.a z)
set(CHAMELEON_STATIC_MLIR_LIBS -Wl,--gc-sections -Wl,--start-group ${CHAMELEON_MLIR_ARCHIVES}
    ${CHAMELEON_LLVM_ARCHIVES} -Wl,--end-group ${CHAMELEON_ZLIB_LIBRARY} ${CHAMELEON_ZSTD_LIBRARY} pthread dl m)

if(CHAMELEON_STATIC)
  set(CHAMELEON_MLIR_LIBS ${CHAMELEON_STATIC_MLIR_LIBS})
else()
  # The execution engine is the only part that is not in libMLIR.so.
  set(CHAMELEON_MLIR_LIBS MLIRExecutionEngine MLIR LLVM)
endif()

# add_chameleon_library(Name sources... [DEPENDS targets...] [LINK_LIBS libraries...] [NO_MLIR])
# A static library of one room. NO_MLIR: floor 0 and plain C++ (neither MLIR headers precompiled nor linked).
function(add_chameleon_library name)
  cmake_parse_arguments(ARG "NO_MLIR" "" "DEPENDS;LINK_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE chameleon_options PUBLIC ${ARG_LINK_LIBS})
  if(NOT ARG_NO_MLIR)
    target_precompile_headers(${name} REUSE_FROM chameleon_pch)
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

# add_chameleon_tool(name sources... [LINK_LIBS libraries...])
function(add_chameleon_tool name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE chameleon_options ${ARG_LINK_LIBS} ${CHAMELEON_MLIR_LIBS} ${CMAKE_DL_LIBS})
  target_precompile_headers(${name} REUSE_FROM chameleon_pch)
  set_target_properties(${name} PROPERTIES ENABLE_EXPORTS ON)
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()

# add_chameleon_unittest(name sources... [LINK_LIBS libraries...] [NO_MLIR])
function(add_chameleon_unittest name)
  cmake_parse_arguments(ARG "NO_MLIR" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE chameleon_options ${ARG_LINK_LIBS} GTest::gtest GTest::gtest_main)
  if(NOT ARG_NO_MLIR)
    target_link_libraries(${name} PRIVATE ${CHAMELEON_MLIR_LIBS} ${CMAKE_DL_LIBS})
    target_precompile_headers(${name} REUSE_FROM chameleon_pch)
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/unittests)
  add_dependencies(ChameleonUnitTests ${name})
endfunction()

# chameleon_embed_schedules(Library function target folder)
# A static library of the schedules of a backend, folder/*.mlir: `llvm::ArrayRef<BuiltinSchedule> chameleon::function()`.
function(chameleon_embed_schedules library function target folder)
  file(GLOB schedules CONFIGURE_DEPENDS ${folder}/*.mlir)
  list(SORT schedules)
  set(embedded ${CMAKE_CURRENT_BINARY_DIR}/${library}.cpp)
  add_custom_command(OUTPUT ${embedded}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${embedded} -DFUNCTION=${function} "-DTARGET=${target}" "-DFILES=${schedules}"
            -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/EmbedSchedules.cmake
    DEPENDS ${schedules} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/EmbedSchedules.cmake
    COMMENT "Embedding the schedules of ${library}" VERBATIM)
  add_chameleon_library(${library} ${embedded} NO_MLIR)
endfunction()
