//===- ToyEngine.cpp - runs the toy's programs: lists of operations
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ToyEngine.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include <cstring>
#include <map>

using namespace chameleon;
using namespace chameleon::toy;

namespace {

using Tensor = std::vector<float>;

struct Operation {
  std::string name, callee;
  double scalar = 0;
  std::vector<int64_t> numbers;
};

struct FunctionCode {
  size_t numArguments = 0;
  std::vector<Operation> operations;
};

using Code = std::map<std::string, FunctionCode, std::less<>>;

Code readCode(llvm::StringRef text) {
  Code code;
  FunctionCode *function = nullptr;
  for (llvm::StringRef line : llvm::split(text.rtrim(), '\n')) {
    llvm::SmallVector<llvm::StringRef> words;
    line.split(words, ' ');
    if (words[0] == "function") {
      function = &code[words[1].str()];
      words[2].getAsInteger(10, function->numArguments);
      continue;
    }
    Operation &operation = function->operations.emplace_back();
    operation.name = words[0].str();
    llvm::ArrayRef<llvm::StringRef> rest = llvm::ArrayRef(words).drop_front();
    if (operation.name == "call") {
      operation.callee = rest.front().str();
      rest = rest.drop_front();
    } else if (operation.name == "fill") {
      rest.front().getAsDouble(operation.scalar);
      rest = rest.drop_front();
    }
    for (llvm::StringRef word : rest)
      word.getAsInteger(10, operation.numbers.emplace_back());
  }
  return code;
}

/// result += a * b, the loops in one of their six orders, the innermost one in
/// steps.
void multiply(const Tensor &a, const Tensor &b, Tensor &result,
              llvm::ArrayRef<int64_t> numbers) {
  static constexpr int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  const int64_t *size = numbers.data(), columns = size[1], depth = size[2];
  const int *order = orders[numbers[3]];
  int64_t step = numbers[4], at[3];
  for (at[order[0]] = 0; at[order[0]] < size[order[0]]; ++at[order[0]])
    for (at[order[1]] = 0; at[order[1]] < size[order[1]]; ++at[order[1]])
      for (int64_t begin = 0; begin < size[order[2]]; begin += step)
        for (at[order[2]] = begin;
             at[order[2]] < std::min(begin + step, size[order[2]]);
             ++at[order[2]])
          result[at[0] * columns + at[1]] +=
              a[at[0] * depth + at[2]] * b[at[2] * columns + at[1]];
}

std::vector<Tensor> interpret(const Code &code, llvm::StringRef function,
                              std::vector<Tensor> values) {
  for (const Operation &operation : code.find(function)->second.operations) {
    llvm::ArrayRef<int64_t> numbers = operation.numbers;
    if (operation.name == "empty") {
      values.emplace_back(numbers[0]);
    } else if (operation.name == "fill") {
      values.emplace_back(values[numbers[0]].size(), operation.scalar);
    } else if (operation.name == "matmul") {
      Tensor result = values[numbers[2]];
      multiply(values[numbers[0]], values[numbers[1]], result,
               numbers.drop_front(3));
      values.push_back(std::move(result));
    } else {
      std::vector<Tensor> operands;
      for (int64_t value : numbers)
        operands.push_back(values[value]);
      if (operation.name == "return")
        return operands;
      for (Tensor &result :
           interpret(code, operation.callee, std::move(operands)))
        values.push_back(std::move(result));
    }
  }
  return {};
}

class ToyBuffer final : public Engine::Buffer {
public:
  explicit ToyBuffer(size_t bytes)
      : ToyBuffer(allocateSection("buffer", bytes), bytes) {}
  llvm::Error write(const void *from, size_t count, size_t offset) override {
    std::memcpy(memory->getBufferStart() + offset, from, count);
    return llvm::Error::success();
  }
  llvm::Error read(void *to, size_t count, size_t offset) const override {
    std::memcpy(to, memory->getBufferStart() + offset, count);
    return llvm::Error::success();
  }

private:
  ToyBuffer(std::unique_ptr<llvm::WritableMemoryBuffer> memory, size_t bytes)
      : Buffer(reinterpret_cast<uintptr_t>(memory->getBufferStart()), bytes),
        memory(std::move(memory)) {}
  std::unique_ptr<llvm::WritableMemoryBuffer> memory;
};

class ToyCode final : public Engine::Executable {
public:
  ToyCode(std::shared_ptr<const Program> program, Code code)
      : Executable(std::move(program)), code(std::move(code)) {}
  const Code code;
};

class ToyCall final : public Engine::Call {
public:
  ToyCall(const ToyCode &code, const Program::Function &function,
          llvm::ArrayRef<uint64_t> addresses)
      : code(code), function(function), addresses(addresses) {}

  llvm::Expected<double> run() override {
    double begin = monotonicSeconds();
    std::vector<Tensor> values;
    for (auto [type, address] : llvm::zip(function.arguments, addresses)) {
      auto *data = reinterpret_cast<const float *>(address);
      values.emplace_back(data, data + type.numElements());
    }
    // A task has its destinations among its arguments, too.
    size_t numArguments = code.code.find(function.name)->second.numArguments;
    for (const BufferType &type : function.results)
      if (values.size() < numArguments)
        values.emplace_back(type.numElements());
    std::vector<Tensor> results =
        interpret(code.code, function.name, std::move(values));
    for (auto [result, address] : llvm::zip(
             results,
             llvm::ArrayRef(addresses).drop_front(function.arguments.size())))
      std::memcpy(reinterpret_cast<void *>(address), result.data(),
                  result.size() * sizeof(float));
    return monotonicSeconds() - begin;
  }
  void setArgument(unsigned position, uint64_t address) override {
    addresses[position] = address;
  }

private:
  const ToyCode &code;
  const Program::Function &function;
  std::vector<uint64_t> addresses;
};

class ToyEngine final : public Engine {
public:
  explicit ToyEngine(int64_t lanes) : lanes(lanes) {}

  llvm::StringRef backend() const override { return "toy"; }
  bool usesHostMemory() const override { return true; }
  llvm::Expected<std::unique_ptr<Buffer>> allocate(size_t bytes) override {
    return std::make_unique<ToyBuffer>(bytes);
  }
  llvm::Expected<std::unique_ptr<Executable>>
  load(std::shared_ptr<const Program> program) override {
    if (llvm::Error error = checkBackend(*program))
      return error;
    int64_t needed = 0;
    llvm::StringRef(program->target).getAsInteger(10, needed);
    if (needed > lanes)
      return llvm::createStringError("the program needs %lld lanes, the toy "
                                     "has %lld",
                                     static_cast<long long>(needed),
                                     static_cast<long long>(lanes));
    Code code = readCode(program->findSection(codeSection)->bytes());
    return std::make_unique<ToyCode>(std::move(program), std::move(code));
  }
  llvm::Expected<std::unique_ptr<Call>>
  bind(Executable &executable, llvm::StringRef function,
       llvm::ArrayRef<uint64_t> addresses) override {
    const Program &program = executable.getProgram();
    if (llvm::Error error = checkCall(program, function, addresses.size()))
      return error;
    return std::make_unique<ToyCall>(static_cast<ToyCode &>(executable),
                                     *program.lookup(function), addresses);
  }
  llvm::Expected<std::vector<TimedCalls>>
  time(llvm::ArrayRef<Call *> calls, llvm::ArrayRef<double> once,
       const TimingPolicy &policy) override {
    std::vector<TimedCalls> timed;
    for (auto [call, seconds] : llvm::zip(calls, once))
      timed.push_back(timeCalls([&] { llvm::cantFail(call->run()); }, policy,
                                seconds, monotonicSeconds));
    return timed;
  }

private:
  int64_t lanes;
};

} // namespace

std::unique_ptr<Engine> toy::makeToyEngine(int64_t lanes) {
  return std::make_unique<ToyEngine>(lanes);
}
