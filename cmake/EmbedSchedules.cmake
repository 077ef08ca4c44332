# cmake -DOUTPUT=<file.cpp> -DFUNCTION=<name> -DTARGET=<target> -DFILES=<list of <name>.mlir> -P EmbedSchedules.cmake
# Writes the files as arrays of bytes, and a function that returns the table of them.
set(arrays "")
set(table "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  file(SIZE ${file} size)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
  string(MAKE_C_IDENTIFIER "schedule_${name}" identifier)
  string(APPEND arrays "static const unsigned char ${identifier}[] = {\n${bytes}0};\n\n")
  string(APPEND table "    {\"${TARGET}\", \"${name}\", {reinterpret_cast<const char *>(${identifier}), ${size}}},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made by EmbedSchedules.cmake.
#include \"chameleon/Schedules/BuiltinSchedule.h\"

${arrays}namespace chameleon {
llvm::ArrayRef<BuiltinSchedule> ${FUNCTION}();
}

llvm::ArrayRef<chameleon::BuiltinSchedule> chameleon::${FUNCTION}() {
  // The last entry is there so that a table of nothing is one, too.
  static const BuiltinSchedule schedules[] = {
${table}    {\"\", \"\", \"\"}};
  return llvm::ArrayRef<BuiltinSchedule>(schedules).drop_back();
}
")
