//===- Program.h - what compiling returns, for every target
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Machine code with all that is needed to call it: the functions and what they
// take, constants, and which target it was made for. An Engine runs it, here or
// on another machine with such a target; nothing of it is lowered again.
//
//   llvm::Error error = saveProgram(program, "model.program");
//   llvm::Expected<Program> same = loadProgram("model.program");
//   same->lookup("main")->arguments[0].str()         // "1x3x224x224xf32"
//
// What the sections hold is between a backend's compiler and its engine: object
// code for the host CPU; PTX or a cubin, launches and constants for an NVIDIA
// GPU. A file that is damaged is refused; code in it is trusted, as in any
// executable.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_PROGRAM_H
#define CHAMELEON_RUNTIME_PROGRAM_H

#include "chameleon/Runtime/ElementType.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>

namespace chameleon {

struct Program {
  /// Counts every change of what is written; no other version is read.
  static constexpr uint32_t version = 1;

  /// Takes the buffers of its arguments, then those of its results, which it
  /// writes. All are contiguous, row-major and aligned to 64 bytes.
  struct Function {
    std::string name;
    std::vector<BufferType> arguments, results;
    /// For each argument the result of the initialiser that it takes, or -1.
    std::vector<int64_t> constants;
    /// The function whose results never change; or nothing. That of a model
    /// takes no arguments, that of a task those of its inputs that are
    /// constant.
    std::string initialiser;
  };

  /// Bytes by name. Aligned to 64 bytes; several programs may share them.
  struct Section {
    std::string name;
    std::shared_ptr<const llvm::MemoryBuffer> data;
    llvm::StringRef bytes() const { return data->getBuffer(); }
  };

  std::string backend; ///< "cpu": whose engine runs it
  std::string target;  ///< what the code needs, in the backend's own words
  /// Of the code generator's sources. Informative: engines do not ask.
  std::string generator;
  std::vector<Function> functions;
  std::vector<Section> sections;

  const Function *lookup(llvm::StringRef function) const;
  /// "'main', 'other'", for errors.
  std::string functionNames() const;
  /// Nothing if there is no such section.
  const Section *findSection(llvm::StringRef name) const;
  /// Copies the bytes.
  void addSection(llvm::StringRef name, llvm::StringRef bytes);
  void addSection(llvm::StringRef name,
                  std::unique_ptr<llvm::MemoryBuffer> bytes);
};

/// Memory for `bytes` of a section, to be filled.
std::unique_ptr<llvm::WritableMemoryBuffer>
allocateSection(llvm::StringRef name, size_t bytes);

/// Whether the file begins as a program does, of whichever version.
bool isProgram(llvm::StringRef file);

void writeProgram(const Program &program, llvm::raw_ostream &stream);
/// Sections stay where they are in the file if they are aligned there. Errors:
/// no program, another version, a file that is cut off or damaged, functions
/// that cannot be called.
llvm::Expected<Program> readProgram(std::unique_ptr<llvm::MemoryBuffer> file);

/// The file appears whole or not at all. Errors name the file.
llvm::Error saveProgram(const Program &program, llvm::StringRef path);
llvm::Expected<Program> loadProgram(llvm::StringRef path);

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_PROGRAM_H
