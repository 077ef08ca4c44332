# cmake -DOUTPUT=<file.cpp> -DFILES=<list of Schedules/[<target>/]<name>.mlir> -P EmbedSchedules.cmake
# Writes the files as arrays of bytes, and the table of them that BuiltinSchedules.h declares.
set(arrays "")
set(table "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  get_filename_component(folder ${file} DIRECTORY)
  get_filename_component(target ${folder} NAME)
  # What lies beside the folders of targets belongs to all of them.
  if(target STREQUAL "Schedules")
    set(target "")
  endif()
  file(SIZE ${file} size)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
  string(MAKE_C_IDENTIFIER "${target}_${name}" identifier)
  string(APPEND arrays "static const unsigned char ${identifier}[] = {\n${bytes}0};\n\n")
  string(APPEND table "    {\"${target}\", \"${name}\", {reinterpret_cast<const char *>(${identifier}), ${size}}},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made by EmbedSchedules.cmake.
#include \"chameleon/Schedule/BuiltinSchedules.h\"

${arrays}llvm::ArrayRef<chameleon::BuiltinSchedule> chameleon::getBuiltinSchedules() {
  // The last entry is there so that a table of nothing is one, too.
  static const BuiltinSchedule schedules[] = {
${table}    {\"\", \"\", \"\"}};
  return llvm::ArrayRef<BuiltinSchedule>(schedules).drop_back();
}
")
