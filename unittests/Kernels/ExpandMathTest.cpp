//===- ExpandMathTest.cpp - every function, compiled, over its whole range
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function is compiled for this CPU, as a loop that LLVM vectorises, and
// run over all bit patterns of f32 in steps of $CHAMELEON_MATH_STRIDE (4099,
// of which it is a second; `./dev math` takes 1) and over all of f16 and bf16,
// against the C library in double precision. The GPU gets the same expansions.
//
//===----------------------------------------------------------------------===//

#include "../Target/CompileForTest.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/bit.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace mlir;
using namespace chameleon;

namespace {

constexpr int64_t chunk = 1 << 16;
constexpr double allowedUlps = 2;

struct Function {
  const char *name;
  double (*reference)(double);
};

const Function functions[] = {
    {"acos", std::acos},
    {"acosh", std::acosh},
    {"asin", std::asin},
    {"asinh", std::asinh},
    {"atan", std::atan},
    {"atanh", std::atanh},
    {"cbrt", std::cbrt},
    {"ceil", std::ceil},
    {"cos", std::cos},
    {"cosh", std::cosh},
    {"erf", std::erf},
    {"erfc", std::erfc},
    {"exp", std::exp},
    {"exp2", std::exp2},
    {"expm1", std::expm1},
    {"floor", std::floor},
    {"log", std::log},
    {"log10", std::log10},
    {"log1p", std::log1p},
    {"log2", std::log2},
    {"round", std::round},
    {"roundeven", std::nearbyint},
    {"rsqrt", [](double x) { return 1 / std::sqrt(x); }},
    {"sin", std::sin},
    {"sinh", std::sinh},
    {"sqrt", std::sqrt},
    {"tan", std::tan},
    {"tanh", std::tanh},
    {"trunc", std::trunc}};

void PrintTo(const Function &function, std::ostream *stream) {
  *stream << function.name;
}

/// A type's significand bits, the exponent of its smallest number and its
/// largest number.
struct Format {
  const char *name;
  int bits, least;
  double largest;
};
const Format f32Format = {"f32", 24, -149, 0x1.fffffep127},
             f16Format = {"f16", 11, -24, 65504},
             bf16Format = {"bf16", 8, -133, 0x1.fep127};

double ulp(const Format &format, double value) {
  int exponent;
  std::frexp(value, &exponent);
  return std::ldexp(1,
                    std::max(value == 0 ? format.least : exponent - format.bits,
                             format.least));
}

/// In units in the last place; infinity where a NaN, an infinity or the sign of
/// a zero is not that of the reference.
double errorOf(const Format &format, double value, double reference) {
  constexpr double wrong = std::numeric_limits<double>::infinity();
  if (std::isnan(reference) || std::isnan(value))
    return std::isnan(reference) && std::isnan(value) ? 0 : wrong;
  double unit = ulp(format, format.largest);
  if (std::isinf(value) || std::fabs(reference) >= format.largest + unit / 2) {
    bool overflows = std::isinf(reference) ||
                     std::fabs(reference) > format.largest - allowedUlps * unit;
    return overflows && std::signbit(value) == std::signbit(reference) &&
                   (std::isinf(value) || !std::isinf(reference))
               ? 0
               : wrong;
  }
  if (value == 0 && reference == 0)
    return std::signbit(value) == std::signbit(reference) ? 0 : wrong;
  return std::fabs(value - reference) / ulp(format, reference);
}

class ExpandMathTest : public ::testing::Test {
protected:
  ExpandMathTest() : context(registry(), MLIRContext::Threading::DISABLED) {}

  static DialectRegistry registry() {
    DialectRegistry result;
    registerAll(result);
    return result;
  }

  /// @main applies `body`, of %x and %y to %r, to the elements of two tensors.
  std::unique_ptr<CodeForTest> compile(const std::string &body, StringRef type,
                                       StringRef second = "") {
    if (second.empty())
      second = type;
    std::string size = "tensor<" + std::to_string(chunk) + "x";
    auto tensor = [&](StringRef element) { return size + element.str() + ">"; };
    std::string source =
        "#map = affine_map<(i) -> (i)>\nfunc.func @main(%a: " + tensor(type) +
        ", %b: " + tensor(second) + ") -> " + tensor(type) +
        " {\n  %e = tensor.empty() : " + tensor(type) +
        "\n  %c = linalg.generic {indexing_maps = [#map, #map, #map], "
        "iterator_types = [\"parallel\"]} ins(%a, %b : " +
        tensor(type) + ", " + tensor(second) + ") outs(%e : " + tensor(type) +
        ") {\n  ^bb0(%x: " + type.str() + ", %y: " + second.str() +
        ", %o: " + type.str() + "):\n    " + body +
        "\n    linalg.yield %r : " + type.str() + "\n  } -> " + tensor(type) +
        "\n  return %c : " + tensor(type) + "\n}\n";
    OwningOpRef<ModuleOp> module =
        parseSourceString<ModuleOp>(source, &context);
    if (!module) {
      ADD_FAILURE() << "does not parse: " << source;
      return nullptr;
    }
    auto code = CodeForTest::compile(*module);
    if (!code) {
      ADD_FAILURE() << llvm::toString(code.takeError());
      return nullptr;
    }
    return std::move(*code);
  }

  static std::string unary(const Function &function, StringRef type) {
    return ("%r = math." + StringRef(function.name) + " %x : " + type).str();
  }

  MLIRContext context;
};

/// The worst of what it is shown.
struct Worst {
  void add(const Format &format, double x, double y, double value,
           double reference) {
    double next = errorOf(format, value, reference);
    if (!(next > error))
      return;
    error = next;
    std::ostringstream text;
    text.precision(9);
    text << "of " << x << " and " << y << ": " << value << ", expected "
         << reference;
    where = text.str();
  }
  double error = 0;
  std::string where;
};

class ExpandUnaryTest : public ExpandMathTest,
                        public ::testing::WithParamInterface<Function> {};

TEST_P(ExpandUnaryTest, IsWithinTwoUnitsEverywhere) {
  std::unique_ptr<CodeForTest> code = compile(unary(GetParam(), "f32"), "f32");
  ASSERT_TRUE(code);
  const char *text = std::getenv("CHAMELEON_MATH_STRIDE");
  uint64_t stride = std::max(1, text ? std::atoi(text) : 4099);
  std::vector<float> inputs(chunk), outputs(chunk);
  Worst worst;
  // The numbers that a stride may miss.
  std::vector<float> special = {
      0.0f, -0.0f,     INFINITY,   -INFINITY, NAN,           1,
      -1,   0x1p-149f, -0x1p-149f, 0x1p-126f, 3.4028235e38f, -3.4028235e38f,
      0.5f, -0.5f,     2.5f,       -2.5f};
  uint64_t next = 0;
  while (next < (uint64_t(1) << 32)) {
    for (float &input : inputs) {
      if (!special.empty()) {
        input = special.back();
        special.pop_back();
        continue;
      }
      input = llvm::bit_cast<float>(uint32_t(next));
      next += stride;
    }
    ASSERT_EQ(llvm::toString(code->call(
                  "main", {inputs.data(), inputs.data(), outputs.data()})),
              "");
    for (auto [input, output] : llvm::zip_equal(inputs, outputs))
      worst.add(f32Format, input, 0, output, GetParam().reference(input));
  }
  EXPECT_LE(worst.error, allowedUlps) << worst.where;
  RecordProperty("ulps", std::to_string(worst.error));
  if (text)
    std::printf("%-10s %.3f ulp %s\n", GetParam().name, worst.error,
                worst.where.c_str());
}

TEST_P(ExpandUnaryTest, HalfPrecisionIsRoundedOnce) {
  for (const Format &format : {f16Format, bf16Format}) {
    const llvm::fltSemantics &semantics =
        format.bits == 11 ? llvm::APFloat::IEEEhalf() : llvm::APFloat::BFloat();
    std::unique_ptr<CodeForTest> code =
        compile(unary(GetParam(), format.name), format.name);
    ASSERT_TRUE(code);
    std::vector<uint16_t> inputs(chunk), outputs(chunk);
    for (auto [bits, input] : llvm::enumerate(inputs))
      input = bits;
    ASSERT_EQ(llvm::toString(code->call(
                  "main", {inputs.data(), inputs.data(), outputs.data()})),
              "");
    auto read = [&](uint16_t bits) {
      return llvm::APFloat(semantics, llvm::APInt(16, bits)).convertToDouble();
    };
    Worst worst;
    for (auto [input, output] : llvm::zip_equal(inputs, outputs))
      worst.add(format, read(input), 0, read(output),
                GetParam().reference(read(input)));
    EXPECT_LE(worst.error, 0.51) << format.name << " " << worst.where;
  }
}

TEST_P(ExpandUnaryTest, Doubles) {
  std::unique_ptr<CodeForTest> code = compile(unary(GetParam(), "f64"), "f64");
  ASSERT_TRUE(code);
  std::vector<double> inputs(chunk), outputs(chunk);
  std::mt19937_64 random(1);
  for (auto [index, input] : llvm::enumerate(inputs)) {
    double magnitude = std::exp2(int(random() % 60) - 50);
    input = (double(random()) / 0x1p63 - 1) * magnitude;
  }
  ASSERT_EQ(llvm::toString(code->call(
                "main", {inputs.data(), inputs.data(), outputs.data()})),
            "");
  for (auto [input, output] : llvm::zip_equal(inputs, outputs)) {
    double reference = GetParam().reference(input);
    if (std::isnan(reference))
      EXPECT_TRUE(std::isnan(output)) << input;
    else if (reference != output)
      // The C library's own: it may be off by one, and so may its vectors.
      EXPECT_LE(std::fabs(output - reference),
                2 * std::ldexp(std::fabs(reference), -52))
          << input;
  }
}

INSTANTIATE_TEST_SUITE_P(Math, ExpandUnaryTest, ::testing::ValuesIn(functions),
                         [](const auto &info) { return info.param.name; });

class ExpandBinaryTest : public ExpandMathTest {
protected:
  /// Every pair of special numbers, then random ones of all and of moderate
  /// sizes; `isInteger` for the second.
  void check(const std::string &body, double (*reference)(double, double),
             bool isInteger) {
    std::unique_ptr<CodeForTest> code =
        compile(body, "f32", isInteger ? "i32" : "f32");
    ASSERT_TRUE(code);
    const float special[] = {
        0.0f,         -0.0f,  1,       -1,        INFINITY, -INFINITY,
        NAN,          0.5f,   -0.5f,   2,         -2,       3,
        -3,           1e-45f, -1e-45f, 3.4e38f,   -3.4e38f, 16777216.0f,
        -16777215.0f, 1.5f,   -1.5f,   8388607.5f};
    std::mt19937 random(2);
    std::vector<float> left, right;
    std::vector<int32_t> integers;
    auto add = [&](float x, float y) {
      if (isInteger && !(std::floor(y) == y && std::fabs(y) < 2e9f))
        y = int32_t(random());
      left.push_back(x);
      right.push_back(y);
      integers.push_back(isInteger ? int32_t(y) : 0);
    };
    for (float x : special)
      for (float y : special)
        add(x, y);
    Worst worst;
    for (int round = 0; round < 8; ++round) {
      while (int64_t(left.size()) < chunk) {
        switch (random() % 4) {
        case 0:
          add(llvm::bit_cast<float>(uint32_t(random())),
              llvm::bit_cast<float>(uint32_t(random())));
          break;
        case 1:
          add(int(random() % 2000) / 77.0f,
              int(random() % 2001 - 1000) / 16.0f);
          break;
        case 2:
          add(int(random() % 2001 - 1000) / 77.0f, int(random() % 41) - 20);
          break;
        case 3: // close to one, with a large power
          add(1 + int(random() % 20001 - 10000) * 1e-5f,
              int(random() % 2001) - 1000);
        }
      }
      std::vector<float> outputs(chunk);
      void *second = isInteger ? static_cast<void *>(integers.data())
                               : static_cast<void *>(right.data());
      ASSERT_EQ(llvm::toString(
                    code->call("main", {left.data(), second, outputs.data()})),
                "");
      for (int64_t i = 0; i < chunk; ++i) {
        double y = isInteger ? double(integers[i]) : double(right[i]);
        worst.add(f32Format, left[i], y, outputs[i], reference(left[i], y));
      }
      left.clear();
      right.clear();
      integers.clear();
    }
    EXPECT_LE(worst.error, allowedUlps) << worst.where;
  }
};

TEST_F(ExpandBinaryTest, PowF) {
  check("%r = math.powf %x, %y : f32", std::pow, /*isInteger=*/false);
}

TEST_F(ExpandBinaryTest, Atan2) {
  check("%r = math.atan2 %x, %y : f32", std::atan2, /*isInteger=*/false);
}

TEST_F(ExpandBinaryTest, FPowI) {
  check("%r = math.fpowi %x, %y : f32, i32", std::pow, /*isInteger=*/true);
}

TEST_F(ExpandBinaryTest, PowersByProducts) {
  for (auto [power, exponent] : {std::pair("0.0", 0.0),
                                 {"1.0", 1.0},
                                 {"-1.0", -1.0},
                                 {"2.0", 2.0},
                                 {"3.0", 3.0},
                                 {"0.5", 0.5}}) {
    std::unique_ptr<CodeForTest> code =
        compile("%k = arith.constant " + std::string(power) +
                    " : f32\n    %r = math.powf %x, %k : f32",
                "f32");
    ASSERT_TRUE(code);
    std::vector<float> inputs(chunk), outputs(chunk);
    for (auto [index, input] : llvm::enumerate(inputs))
      input = llvm::bit_cast<float>(uint32_t(index << 16));
    ASSERT_EQ(llvm::toString(code->call(
                  "main", {inputs.data(), inputs.data(), outputs.data()})),
              "");
    Worst worst;
    for (auto [input, output] : llvm::zip_equal(inputs, outputs))
      worst.add(f32Format, input, exponent, output,
                std::pow(double(input), exponent));
    EXPECT_LE(worst.error, allowedUlps) << power << " " << worst.where;
  }
}

TEST_F(ExpandBinaryTest, IPowI) {
  std::unique_ptr<CodeForTest> code =
      compile("%r = math.ipowi %x, %y : i32", "i32");
  ASSERT_TRUE(code);
  std::vector<int32_t> bases(chunk), exponents(chunk), outputs(chunk);
  std::mt19937 random(3);
  for (int64_t i = 0; i < chunk; ++i) {
    bases[i] = int32_t(random() % 13) - 6;
    exponents[i] = i < 64 ? -int32_t(i) : random() % 70;
  }
  ASSERT_EQ(llvm::toString(code->call(
                "main", {bases.data(), exponents.data(), outputs.data()})),
            "");
  for (int64_t i = 0; i < chunk; ++i) {
    int32_t base = bases[i], exponent = exponents[i], expected = 1;
    if (exponent < 0)
      expected = base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
    for (int32_t step = 0; step < exponent; ++step)
      expected = int32_t(uint32_t(expected) * uint32_t(base));
    ASSERT_EQ(outputs[i], expected) << base << " to the " << exponent;
  }
}

} // namespace
