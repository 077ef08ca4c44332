# cmake -DOUTPUT=<file.cpp> -DROOT=<folder> -DLLVM=<version> -DFILES=<list> -P GeneratorHash.cmake
# Writes a hash over the names (below ROOT) and contents of the files, and LLVM's version, as the function that
# GeneratorHash.h declares. Lines that hold nothing but a comment and differences in white space do not count, so that the
# database outlives a better comment and a new clang-format.
cmake_policy(VERSION 3.20)
set(text "LLVM ${LLVM}\n")
foreach(file IN LISTS FILES)
  file(READ ${file} content)
  string(REGEX REPLACE "(^|\n)[ \t]*//[^\n]*" "\\1" content "${content}")
  string(REGEX REPLACE "[ \t\r\n]+" " " content "${content}")
  string(STRIP "${content}" content)
  file(RELATIVE_PATH name ${ROOT} ${file})
  string(SHA256 hash "${content}")
  string(APPEND text "${name} ${hash}\n")
endforeach()
string(SHA256 hash "${text}")
string(SUBSTRING ${hash} 0 16 hash)
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT "// Made by GeneratorHash.cmake.
#include \"chameleon/Runtime/GeneratorHash.h\"

llvm::StringRef chameleon::getGeneratorHash() { return \"@hash@\"; }
")
