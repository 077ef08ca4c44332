//===- Program.cpp - what compiling returns, for every target
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The file, little endian:
//   magic (8 bytes), version (4), zero (4), bytes of the file (8), bytes of the
//     head (8), hash of the head (8)
//   head: backend, target, generator, functions, sections (name, offset, bytes,
//     hash); counts and lengths have 4 bytes, other numbers 8
//   sections, each from a multiple of 64 bytes on
// Hashes find what a disk or a transfer has damaged; they are no signature.
// Every count is checked against the bytes that are left before anything is
// allocated for it.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/Program.h"
#include "chameleon/Runtime/OutputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"
#include <cstring>

using namespace chameleon;
namespace endian = llvm::support::endian;

static constexpr llvm::StringLiteral magic = "champrog";
static constexpr size_t headerBytes = 40, alignment = 64;

//===----------------------------------------------------------------------===//
// Program
//===----------------------------------------------------------------------===//

const Program::Function *Program::lookup(llvm::StringRef function) const {
  auto found = llvm::find_if(
      functions, [&](const Function &entry) { return entry.name == function; });
  return found == functions.end() ? nullptr : &*found;
}

std::string Program::functionNames() const {
  std::string names;
  for (const Function &function : functions)
    names += (names.empty() ? "'" : ", '") + function.name + "'";
  return names;
}

const Program::Section *Program::findSection(llvm::StringRef name) const {
  auto found = llvm::find_if(
      sections, [&](const Section &section) { return section.name == name; });
  return found == sections.end() ? nullptr : &*found;
}

void Program::addSection(llvm::StringRef name, llvm::StringRef bytes) {
  std::unique_ptr<llvm::WritableMemoryBuffer> copy =
      allocateSection(name, bytes.size());
  llvm::copy(bytes, copy->getBufferStart());
  addSection(name, std::move(copy));
}

void Program::addSection(llvm::StringRef name,
                         std::unique_ptr<llvm::MemoryBuffer> bytes) {
  sections.push_back({name.str(), std::move(bytes)});
}

std::unique_ptr<llvm::WritableMemoryBuffer>
chameleon::allocateSection(llvm::StringRef name, size_t bytes) {
  auto buffer = llvm::WritableMemoryBuffer::getNewUninitMemBuffer(
      bytes, name, llvm::Align(alignment));
  if (!buffer)
    llvm::report_bad_alloc_error("Allocation failed");
  return buffer;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

namespace {
class Writer {
public:
  void number(uint64_t value) {
    char bytes[8];
    endian::write64le(bytes, value);
    text.append(bytes, sizeof(bytes));
  }
  void count(size_t value) {
    char bytes[4];
    endian::write32le(bytes, static_cast<uint32_t>(value));
    text.append(bytes, sizeof(bytes));
  }
  void string(llvm::StringRef value) {
    count(value.size());
    text += value;
  }
  void types(llvm::ArrayRef<BufferType> types) {
    count(types.size());
    for (const BufferType &type : types)
      string(type.str());
  }
  std::string text;
};
} // namespace

static std::string makeHead(const Program &program,
                            llvm::ArrayRef<uint64_t> offsets) {
  Writer head;
  for (llvm::StringRef text :
       {program.backend, program.target, program.generator})
    head.string(text);
  head.count(program.functions.size());
  for (const Program::Function &function : program.functions) {
    head.string(function.name);
    head.types(function.arguments);
    head.types(function.results);
    for (int64_t constant : function.constants)
      head.number(static_cast<uint64_t>(constant));
    head.string(function.initialiser);
  }
  head.count(program.sections.size());
  for (auto [section, offset] : llvm::zip_equal(program.sections, offsets)) {
    head.string(section.name);
    head.number(offset);
    head.number(section.bytes().size());
    head.number(llvm::xxh3_64bits(section.bytes()));
  }
  return std::move(head.text);
}

void chameleon::writeProgram(const Program &program,
                             llvm::raw_ostream &stream) {
  // Where sections lie does not change how long the head is.
  std::vector<uint64_t> offsets(program.sections.size());
  uint64_t end = headerBytes + makeHead(program, offsets).size();
  for (auto [section, offset] : llvm::zip_equal(program.sections, offsets)) {
    offset = llvm::alignTo(end, alignment);
    end = offset + section.bytes().size();
  }
  std::string head = makeHead(program, offsets);
  Writer header;
  header.text = magic;
  header.count(Program::version);
  header.count(0);
  header.number(end);
  header.number(head.size());
  header.number(llvm::xxh3_64bits(head));
  stream << header.text << head;
  uint64_t written = headerBytes + head.size();
  for (auto [section, offset] : llvm::zip_equal(program.sections, offsets)) {
    stream.write_zeros(static_cast<unsigned>(offset - written));
    stream << section.bytes();
    written = offset + section.bytes().size();
  }
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
/// Reads what is there; says afterwards whether everything was.
class Reader {
public:
  explicit Reader(llvm::StringRef rest) : rest(rest) {}

  llvm::StringRef take(uint64_t bytes) {
    if (bytes > rest.size()) {
      failed = true;
      rest = {};
      return {};
    }
    llvm::StringRef result = rest.take_front(bytes);
    rest = rest.drop_front(bytes);
    return result;
  }
  uint64_t number() {
    llvm::StringRef bytes = take(8);
    return bytes.empty() ? 0 : endian::read64le(bytes.data());
  }
  uint32_t word() {
    llvm::StringRef bytes = take(4);
    return bytes.empty() ? 0 : endian::read32le(bytes.data());
  }
  /// Of things that have at least four bytes each.
  uint32_t count() {
    uint32_t value = word();
    if (value > rest.size() / 4) {
      failed = true;
      return 0;
    }
    return value;
  }
  std::string string() { return take(word()).str(); }
  std::vector<BufferType> types() {
    std::vector<BufferType> result;
    for (uint32_t i = 0, n = count(); i < n && !failed; ++i) {
      std::optional<BufferType> type = BufferType::parse(string());
      failed |= !type;
      result.push_back(type.value_or(BufferType()));
    }
    return result;
  }
  bool isDone() const { return !failed && rest.empty(); }

  bool failed = false;
  llvm::StringRef rest;
};
} // namespace

static llvm::Error damaged(const char *what) {
  return llvm::createStringError("the program is damaged: %s", what);
}

/// Whether each function can be called as it says.
static llvm::Error verify(const Program &program) {
  for (const Program::Function &function : program.functions) {
    const Program::Function *initialiser =
        function.initialiser.empty() ? nullptr
                                     : program.lookup(function.initialiser);
    if (!function.initialiser.empty() && !initialiser)
      return llvm::createStringError(
          "initialiser '%s' of function '%s' found, expected a function of the "
          "program",
          function.initialiser.c_str(), function.name.c_str());
    for (auto [index, constant] : llvm::enumerate(function.constants)) {
      if (constant == -1)
        continue;
      if (!initialiser || constant < 0 ||
          constant >= static_cast<int64_t>(initialiser->results.size()) ||
          initialiser->results[constant] != function.arguments[index])
        return llvm::createStringError(
            "argument %zu of function '%s' takes result %lld of its "
            "initialiser, which has no such result of type %s",
            index, function.name.c_str(), static_cast<long long>(constant),
            function.arguments[index].str().c_str());
    }
  }
  return llvm::Error::success();
}

/// A part of the file, which it keeps alive; a copy if it is not aligned.
static std::shared_ptr<const llvm::MemoryBuffer>
viewSection(std::shared_ptr<const llvm::MemoryBuffer> file,
            llvm::StringRef name, llvm::StringRef bytes) {
  if (!llvm::isAddrAligned(llvm::Align(alignment), bytes.data())) {
    std::unique_ptr<llvm::WritableMemoryBuffer> copy =
        allocateSection(name, bytes.size());
    llvm::copy(bytes, copy->getBufferStart());
    return copy;
  }
  auto view = llvm::MemoryBuffer::getMemBuffer(
      bytes, name, /*RequiresNullTerminator=*/false);
  return {view.release(), [file = std::move(file)](
                              const llvm::MemoryBuffer *part) { delete part; }};
}

bool chameleon::isProgram(llvm::StringRef file) {
  return file.starts_with(magic);
}

llvm::Expected<Program>
chameleon::readProgram(std::unique_ptr<llvm::MemoryBuffer> buffer) {
  std::shared_ptr<const llvm::MemoryBuffer> file = std::move(buffer);
  llvm::StringRef all = file->getBuffer();
  if (!isProgram(all))
    return llvm::createStringError("not a program of Chameleon");
  Reader header(all.drop_front(magic.size()));
  uint32_t version = header.word();
  if (!header.failed && version != Program::version)
    return llvm::createStringError(
        "a program of format version %u, expected version %u: compile it again "
        "with this Chameleon, or run it with the one that made it",
        version, Program::version);
  header.word();
  uint64_t fileBytes = header.number(), headBytes = header.number(),
           headHash = header.number();
  if (header.failed || all.size() < fileBytes)
    return llvm::createStringError(
        "the program is cut off: found %llu bytes, expected %llu",
        static_cast<unsigned long long>(all.size()),
        static_cast<unsigned long long>(header.failed ? uint64_t(headerBytes)
                                                      : fileBytes));
  if (all.size() != fileBytes)
    return damaged("more bytes than it says");
  llvm::StringRef headText = header.take(headBytes);
  if (header.failed || llvm::xxh3_64bits(headText) != headHash)
    return damaged("the hash of its head differs");

  Program program;
  Reader head(headText);
  for (std::string *text :
       {&program.backend, &program.target, &program.generator})
    *text = head.string();
  for (uint32_t i = 0, n = head.count(); i < n && !head.failed; ++i) {
    Program::Function &function = program.functions.emplace_back();
    function.name = head.string();
    function.arguments = head.types();
    function.results = head.types();
    for (size_t k = 0; k < function.arguments.size() && !head.failed; ++k)
      function.constants.push_back(static_cast<int64_t>(head.number()));
    function.initialiser = head.string();
  }
  for (uint32_t i = 0, n = head.count(); i < n && !head.failed; ++i) {
    std::string name = head.string();
    uint64_t offset = head.number(), bytes = head.number(),
             hash = head.number();
    if (head.failed || offset > all.size() || bytes > all.size() - offset)
      return damaged("a section is outside of it");
    llvm::StringRef part = all.substr(offset, bytes);
    if (llvm::xxh3_64bits(part) != hash)
      return damaged("the hash of a section differs");
    program.sections.push_back({name, viewSection(file, name, part)});
  }
  if (!head.isDone())
    return damaged("its head does not end where it should");
  if (llvm::Error error = verify(program))
    return error;
  return program;
}

llvm::Error chameleon::saveProgram(const Program &program,
                                   llvm::StringRef path) {
  return writeFile(path, [&](llvm::raw_ostream &stream) {
    writeProgram(program, stream);
    return llvm::Error::success();
  });
}

llvm::Expected<Program> chameleon::loadProgram(llvm::StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  if (!file)
    return llvm::createStringError("%s: %s", path.str().c_str(),
                                   file.getError().message().c_str());
  llvm::Expected<Program> program = readProgram(std::move(*file));
  if (!program)
    return llvm::createStringError("%s: %s", path.str().c_str(),
                                   llvm::toString(program.takeError()).c_str());
  return program;
}
