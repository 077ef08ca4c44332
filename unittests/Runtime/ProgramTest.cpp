//===- ProgramTest.cpp - programs as files, and what is no program
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/Program.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/xxhash.h"
#include "gtest/gtest.h"
#include <random>

using namespace chameleon;
namespace endian = llvm::support::endian;

namespace {

Program example() {
  Program program;
  program.backend = "abacus";
  program.target = "ten rows";
  program.generator = "0123abc";
  BufferType image = {ElementType::F32, {1, 3, 8, 8}},
             weights = {ElementType::BF16, {3, 5}}, scalar;
  program.functions.push_back(
      {"main", {image, weights}, {scalar}, {-1, 0}, "main_init"});
  program.functions.push_back({"main_init", {}, {weights}, {}, ""});
  program.addSection("code", llvm::StringRef("\0\1\2beads", 8));
  program.addSection("nothing", "");
  program.addSection("weights", std::string(1000, 'w'));
  return program;
}

std::string write(const Program &program) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  writeProgram(program, stream);
  return text;
}

llvm::Expected<Program> read(llvm::StringRef text) {
  return readProgram(llvm::MemoryBuffer::getMemBufferCopy(text, "test"));
}

std::string errorOf(llvm::StringRef text) {
  llvm::Expected<Program> program = read(text);
  return program ? "" : llvm::toString(program.takeError());
}

/// Makes the hash of the head right again, so that what the head says is
/// looked at.
void rehash(std::string &text) {
  uint64_t headBytes = endian::read64le(&text[24]);
  headBytes = std::min<uint64_t>(headBytes, text.size() - 40);
  endian::write64le(&text[32], llvm::xxh3_64bits(llvm::StringRef(text).substr(
                                   40, headBytes)));
}

TEST(Program, SurvivesAsFile) {
  std::string text = write(example());
  EXPECT_TRUE(isProgram(text));
  llvm::Expected<Program> back = read(text);
  ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(back->backend, "abacus");
  EXPECT_EQ(back->target, "ten rows");
  EXPECT_EQ(back->generator, "0123abc");
  EXPECT_EQ(back->functionNames(), "'main', 'main_init'");
  const Program::Function *main = back->lookup("main");
  ASSERT_NE(main, nullptr);
  EXPECT_EQ(back->lookup("other"), nullptr);
  ASSERT_EQ(main->arguments.size(), 2u);
  EXPECT_EQ(main->arguments[0].str(), "1x3x8x8xf32");
  EXPECT_EQ(main->arguments[1].str(), "3x5xbf16");
  EXPECT_EQ(main->results, std::vector<BufferType>{BufferType()});
  EXPECT_EQ(main->constants, (std::vector<int64_t>{-1, 0}));
  EXPECT_EQ(main->initialiser, "main_init");
  ASSERT_EQ(back->sections.size(), 3u);
  EXPECT_EQ(back->findSection("code")->bytes(),
            llvm::StringRef("\0\1\2beads", 8));
  EXPECT_EQ(back->findSection("nothing")->bytes(), "");
  EXPECT_EQ(back->findSection("weights")->bytes(), std::string(1000, 'w'));
  EXPECT_EQ(back->findSection("launches"), nullptr);
  EXPECT_EQ(write(*back), text);
}

TEST(Program, SectionsAreAligned) {
  llvm::Expected<Program> back = read(write(example()));
  ASSERT_TRUE(bool(back));
  for (const Program &program : {example(), *back})
    for (const Program::Section &section : program.sections)
      EXPECT_EQ(reinterpret_cast<uintptr_t>(section.bytes().data()) % 64, 0u)
          << section.name;
}

TEST(Program, OfAFile) {
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("program", "", path));
  llvm::FileRemover remover(path);
  ASSERT_FALSE(bool(saveProgram(example(), path)));
  llvm::Expected<Program> back = loadProgram(path);
  ASSERT_TRUE(bool(back)) << llvm::toString(back.takeError());
  EXPECT_EQ(write(*back), write(example()));
  EXPECT_EQ(llvm::toString(loadProgram("/nonexistent/program").takeError()),
            "/nonexistent/program: No such file or directory");
  llvm::Error error = saveProgram(example(), "/nonexistent/program");
  EXPECT_TRUE(bool(error)) << "saved into a folder that is not there";
  llvm::consumeError(std::move(error));
}

TEST(Program, SaysWhatIsWrong) {
  std::string text = write(example());
  EXPECT_EQ(errorOf("module {}"), "not a program of Chameleon");
  EXPECT_EQ(errorOf(""), "not a program of Chameleon");
  EXPECT_EQ(errorOf(text + "x"),
            "the program is damaged: more bytes than it says");
  EXPECT_EQ(errorOf(llvm::StringRef(text).drop_back(1)),
            "the program is cut off: found " + std::to_string(text.size() - 1) +
                " bytes, expected " + std::to_string(text.size()));
  EXPECT_EQ(errorOf(llvm::StringRef(text).take_front(20)),
            "the program is cut off: found 20 bytes, expected 40");
  std::string other = text;
  other[8] = 77;
  EXPECT_EQ(errorOf(other),
            "a program of format version 77, expected version 1: compile it "
            "again with this Chameleon, or run it with the one that made it");
  other = text;
  other.back() ^= 1;
  EXPECT_EQ(errorOf(other),
            "the program is damaged: the hash of a section differs");
  other = text;
  other[44] ^= 1;
  EXPECT_EQ(errorOf(other),
            "the program is damaged: the hash of its head differs");
}

TEST(Program, FunctionsThatCannotBeCalled) {
  Program program = example();
  program.functions[0].constants[1] = 1;
  EXPECT_EQ(errorOf(write(program)),
            "argument 1 of function 'main' takes result 1 of its initialiser, "
            "which has no such result of type 3x5xbf16");
  program = example();
  program.functions[1].results[0].element = ElementType::F32;
  EXPECT_EQ(errorOf(write(program)),
            "argument 1 of function 'main' takes result 0 of its initialiser, "
            "which has no such result of type 3x5xbf16");
  program = example();
  program.functions.pop_back();
  EXPECT_EQ(errorOf(write(program)),
            "initialiser 'main_init' of function 'main' found, expected a "
            "function of the program");
}

/// Whatever a disk or a transfer does: an error, or the program as it was
/// (where bytes between sections are concerned).
TEST(Program, EveryTruncationAndFlipIsFound) {
  const std::string text = write(example());
  for (size_t bytes = 0; bytes < text.size(); ++bytes)
    EXPECT_NE(errorOf(llvm::StringRef(text).take_front(bytes)), "") << bytes;
  for (size_t bit = 0; bit < 8 * text.size(); ++bit) {
    std::string flipped = text;
    flipped[bit / 8] ^= 1 << bit % 8;
    if (llvm::Expected<Program> program = read(flipped))
      EXPECT_EQ(write(*program), text) << bit;
    else
      llvm::consumeError(program.takeError());
  }
}

/// What says it is right and is not: never a crash, never a huge allocation.
TEST(Program, LiesInTheHeadAreNoCrash) {
  const std::string text = write(example());
  std::mt19937 random(7);
  for (size_t byte = 12; byte < 40 + endian::read64le(&text[24]); ++byte)
    for (int value :
         {0, 1, 0x7f, 0x80, 0xff, static_cast<int>(random() % 256)}) {
      std::string lie = text;
      lie[byte] = static_cast<char>(value);
      rehash(lie);
      llvm::consumeError(read(lie).takeError());
    }
  for (int round = 0; round < 2000; ++round) {
    std::string lie = text;
    for (int i = 0; i < 4; ++i)
      lie[40 + random() % (text.size() - 40)] = static_cast<char>(random());
    rehash(lie);
    llvm::consumeError(read(lie).takeError());
  }
}

} // namespace
