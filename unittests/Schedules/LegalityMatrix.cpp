//===- LegalityMatrix.cpp - operations × types × odd shapes, as modules
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LegalityMatrix.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"
#include <cstdint>

using namespace chameleon::testing;
using llvm::formatv;
using llvm::StringRef;

namespace {

using Shape = std::vector<int64_t>;

/// Element types of the operands and of the result.
struct Types {
  std::string in, out;

  std::string name() const { return in == out ? in : in + "-" + out; }
  bool isFloat() const { return StringRef(out).contains('f'); }
  bool isBoolean() const { return out == "i1"; }
  std::string zero() const {
    return isFloat() ? "0.0" : isBoolean() ? "false" : "0";
  }
  std::string one() const {
    return isFloat() ? "1.0" : isBoolean() ? "true" : "1";
  }
  std::string typed(StringRef value) const {
    return isBoolean() ? value.str() : (value + " : " + out).str();
  }
  StringRef add() const {
    return isFloat() ? "arith.addf" : isBoolean() ? "arith.ori" : "arith.addi";
  }
  StringRef mul() const {
    return isFloat() ? "arith.mulf" : isBoolean() ? "arith.andi" : "arith.muli";
  }
  StringRef max() const {
    return isFloat()     ? "arith.maximumf"
           : isBoolean() ? "arith.ori"
                         : "arith.maxsi";
  }
  StringRef greater() const {
    return isFloat() ? "arith.cmpf ogt," : "arith.cmpi sgt,";
  }
};

const Types allTypes[] = {
    {"f32", "f32"}, {"f64", "f64"},  {"f16", "f16"}, {"bf16", "bf16"},
    {"i32", "i32"}, {"i8", "i8"},    {"i1", "i1"},   {"index", "index"},
    {"f16", "f32"}, {"bf16", "f32"}, {"i8", "i32"},  {"f32", "f64"},
};

/// What is made of a result before it is returned.
enum class Ending { Plain, BiasAndClamp, Accumulate, Compare, Mask };
constexpr Ending endings[] = {Ending::Plain, Ending::BiasAndClamp,
                              Ending::Accumulate, Ending::Compare,
                              Ending::Mask};

std::string tensor(const Shape &shape, StringRef type) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + type.str() + ">";
}

std::string join(const Shape &shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

std::string loops(size_t rank) {
  std::string text;
  for (size_t i = 0; i < rank; ++i)
    text += (i ? ", d" : "d") + std::to_string(i);
  return text;
}

std::string map(size_t rank, StringRef results) {
  return formatv("affine_map<({0}) -> ({1})>", loops(rank), results);
}

std::string iterators(StringRef kinds) {
  std::string text;
  for (char kind : kinds)
    text += (text.empty() ? "" : ", ") +
            std::string(kind == 'p' ? "\"parallel\"" : "\"reduction\"");
  return "[" + text + "]";
}

/// A value of type `in` as one of type `out`.
std::string widen(const Types &types, StringRef name, std::string &body) {
  if (types.in == types.out)
    return ("%" + name).str();
  body += formatv("    %w{0} = {1} %{0} : {2} to {3}\n", name,
                  types.isFloat() ? "arith.extf" : "arith.extsi", types.in,
                  types.out);
  return ("%w" + name).str();
}

/// Writes one function, piece by piece.
class ModuleWriter {
public:
  ModuleWriter(const Types &types, const Shape &result, Ending ending)
      : types(types), result(result), ending(ending) {}

  /// An argument; returns its name.
  std::string argument(const Shape &shape, StringRef type) {
    std::string name = "%a" + std::to_string(numArguments++);
    arguments +=
        (arguments.empty() ? "" : ", ") + name + ": " + tensor(shape, type);
    return name;
  }
  /// What the operation starts from: a fill, unless it adds to an argument.
  std::string init(StringRef value) {
    if (ending == Ending::Accumulate)
      return argument(result, types.out);
    body += formatv("  %start = arith.constant {0}\n  %empty = tensor.empty() "
                    ": {1}\n  %init = linalg.fill ins(%start : {2}) "
                    "outs(%empty : {1}) -> {1}\n",
                    types.typed(value), tensor(result, types.out), types.out);
    return "%init";
  }
  std::string empty() {
    body +=
        formatv("  %init = tensor.empty() : {0}\n", tensor(result, types.out));
    return "%init";
  }
  void line(const std::string &text) { body += text; }

  std::string finish() {
    std::string type = tensor(result, types.out), last = "%r";
    std::string resultType = type;
    size_t rank = result.size();
    if (rank > 0 && ending == Ending::BiasAndClamp) {
      // One value for each place of the last dimension.
      std::string bias = argument({result.back()}, types.out);
      body += formatv(
          "  %ee = tensor.empty() : {0}\n  %e = linalg.generic "
          "{{indexing_maps = [{1}, {2}, {1}], iterator_types = {3}} ins(%r, "
          "{4} : {0}, {5}) outs(%ee : {0}) {{\n  ^bb0(%x: {6}, %y: {6}, %z: "
          "{6}):\n    %c = arith.constant {7}\n    %s = {8} %x, %y : {6}\n    "
          "%m = {9} %s, %c : {6}\n    linalg.yield %m : {6}\n  } -> {0}\n",
          type, map(rank, loops(rank)),
          map(rank, "d" + std::to_string(rank - 1)),
          iterators(std::string(rank, 'p')), bias,
          tensor({result.back()}, types.out), types.out,
          types.typed(types.zero()), types.add(), types.max());
      last = "%e";
    } else if (rank > 0 && !types.isBoolean() &&
               (ending == Ending::Compare || ending == Ending::Mask)) {
      bool isMask = ending == Ending::Mask;
      std::string mask = isMask ? argument(result, "i1") : std::string();
      if (!isMask)
        resultType = tensor(result, "i1");
      std::string identity = map(rank, loops(rank));
      body +=
          formatv("  %ee = tensor.empty() : {0}\n  %e = linalg.generic "
                  "{{indexing_maps = [{1}, {1}{2}], iterator_types = {3}} "
                  "ins(%r{4} : {5}{6}) outs(%ee : {0}) {{\n",
                  resultType, identity, isMask ? ", " + identity : "",
                  iterators(std::string(rank, 'p')), isMask ? ", " + mask : "",
                  type, isMask ? ", " + tensor(result, "i1") : "");
      if (isMask)
        body += formatv("  ^bb0(%x: {0}, %k: i1, %z: {0}):\n    %c = "
                        "arith.constant {1}\n    %s = arith.select %k, %x, %c "
                        ": {0}\n    linalg.yield %s : {0}\n  } -> {2}\n",
                        types.out, types.typed(types.one()), resultType);
      else
        body += formatv("  ^bb0(%x: {0}, %z: i1):\n    %c = arith.constant "
                        "{1}\n    %s = {2} %x, %c : {0}\n    linalg.yield %s : "
                        "i1\n  } -> {3}\n",
                        types.out, types.typed(types.one()), types.greater(),
                        resultType);
      last = "%e";
    }
    return formatv("func.func @main({0}) -> {1} {{\n{2}  return {3} : {1}\n}\n",
                   arguments, resultType, body, last);
  }

  const Types &types;

private:
  Shape result;
  Ending ending;
  std::string arguments, body;
  int numArguments = 0;
};

/// A generic of two operands which adds up products.
std::string contraction(const Types &types, Ending ending, StringRef kinds,
                        const Shape &lhs, StringRef lhsMap, const Shape &rhs,
                        StringRef rhsMap, const Shape &out, StringRef outMap) {
  ModuleWriter w(types, out, ending);
  std::string a = w.argument(lhs, types.in), b = w.argument(rhs, types.in),
              init = w.init(types.zero());
  size_t rank = kinds.size();
  std::string body, x = widen(types, "x", body), y = widen(types, "y", body);
  w.line(formatv("  %r = linalg.generic {{indexing_maps = [{0}, {1}, {2}], "
                 "iterator_types = {3}} ins({4}, {5} : {6}, {7}) outs({8} : "
                 "{9}) {{\n",
                 map(rank, lhsMap), map(rank, rhsMap), map(rank, outMap),
                 iterators(kinds), a, b, tensor(lhs, types.in),
                 tensor(rhs, types.in), init, tensor(out, types.out)));
  w.line(formatv("  ^bb0(%x: {0}, %y: {0}, %z: {1}):\n{2}    %p = {3} {4}, {5} "
                 ": {1}\n    %s = {6} %z, %p : {1}\n    linalg.yield %s : "
                 "{1}\n  } -> {7}\n",
                 types.in, types.out, body, types.mul(), x, y, types.add(),
                 tensor(out, types.out)));
  return w.finish();
}

/// A named operation of an image and a window; `attributes` in braces or none.
std::string windowed(const Types &types, Ending ending, StringRef name,
                     const Shape &image, const Shape &window,
                     StringRef windowType, const Shape &out,
                     const Shape &strides, StringRef value) {
  ModuleWriter w(types, out, ending);
  std::string a = w.argument(image, types.in);
  bool isPool = name.starts_with("pooling");
  std::string b;
  if (isPool) {
    w.line(formatv("  %window = tensor.empty() : {0}\n",
                   tensor(window, windowType)));
    b = "%window";
  } else {
    b = w.argument(window, windowType);
  }
  std::string init = w.init(value), numbers;
  for (int64_t stride : strides)
    numbers += (numbers.empty() ? "" : ", ") + std::to_string(stride);
  w.line(formatv("  %r = linalg.{0} {{strides = dense<[{1}]> : "
                 "tensor<{2}xi64>, dilations = dense<1> : tensor<{2}xi64>} "
                 "ins({3}, {4} : {5}, {6}) outs({7} : {8}) -> {8}\n",
                 name, numbers, strides.size(), a, b, tensor(image, types.in),
                 tensor(window, windowType), init, tensor(out, types.out)));
  return w.finish();
}

/// The extent of an image whose windows of `window` give `out` results.
int64_t extent(int64_t out, int64_t window, int64_t stride) {
  return (out - 1) * stride + window;
}

/// A reduction of one operand; the loops of `kinds` that are 'p' are kept.
std::string reduction(const Types &types, Ending ending, StringRef kinds,
                      const Shape &in, bool isMaximum) {
  Shape out;
  std::string outMap;
  for (size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] == 'r')
      continue;
    out.push_back(in[i]);
    outMap += (outMap.empty() ? "d" : ", d") + std::to_string(i);
  }
  ModuleWriter w(types, out, ending);
  std::string a = w.argument(in, types.in), init = w.init(types.zero()), body,
              x = widen(types, "x", body);
  w.line(formatv("  %r = linalg.generic {{indexing_maps = [{0}, {1}], "
                 "iterator_types = {2}} ins({3} : {4}) outs({5} : {6}) {{\n"
                 "  ^bb0(%x: {7}, %z: {8}):\n{9}    %s = {10} %z, {11} : {8}\n "
                 "   linalg.yield %s : {8}\n  } -> {6}\n",
                 map(kinds.size(), loops(kinds.size())),
                 map(kinds.size(), outMap), iterators(kinds), a,
                 tensor(in, types.in), init, tensor(out, types.out), types.in,
                 types.out, body, isMaximum ? types.max() : types.add(), x));
  return w.finish();
}

/// An elementwise product of two operands with maps of their own.
std::string elementwise(const Types &types, const Shape &out, const Shape &lhs,
                        StringRef lhsMap, const Shape &rhs, StringRef rhsMap) {
  ModuleWriter w(types, out, Ending::Plain);
  std::string a = w.argument(lhs, types.in), b = w.argument(rhs, types.in),
              init = w.empty(), body, x = widen(types, "x", body),
              y = widen(types, "y", body);
  size_t rank = out.size();
  w.line(formatv("  %r = linalg.generic {{indexing_maps = [{0}, {1}, {2}], "
                 "iterator_types = {3}} ins({4}, {5} : {6}, {7}) outs({8} : "
                 "{9}) {{\n",
                 map(rank, lhsMap), map(rank, rhsMap), map(rank, loops(rank)),
                 iterators(std::string(rank, 'p')), a, b, tensor(lhs, types.in),
                 tensor(rhs, types.in), init, tensor(out, types.out)));
  w.line(formatv("  ^bb0(%x: {0}, %y: {0}, %z: {1}):\n{2}    %p = {3} {4}, {5} "
                 ": {1}\n    linalg.yield %p : {1}\n  } -> {6}\n",
                 types.in, types.out, body, types.mul(), x, y,
                 tensor(out, types.out)));
  return w.finish();
}

/// Softmax of rows, as four operations.
std::string softmax(const Types &types, const Shape &shape) {
  std::string row = tensor({shape[0]}, types.out),
              whole = tensor(shape, types.out), t = types.out;
  std::string reduce =
      "  %{0} = linalg.generic {{indexing_maps = [affine_map<(i, j) -> (i, "
      "j)>, affine_map<(i, j) -> (i)>], iterator_types = [\"parallel\", "
      "\"reduction\"]} ins({1} : " +
      whole + ") outs({2} : " + row + ") {{\n  ^bb0(%x: " + t + ", %z: " + t +
      "):\n    %s = {3} %x, %z : " + t + "\n    linalg.yield %s : " + t +
      "\n  } -> " + row + "\n";
  std::string each =
      "  %{0} = linalg.generic {{indexing_maps = [affine_map<(i, j) -> (i, "
      "j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], "
      "iterator_types = [\"parallel\", \"parallel\"]} ins({1}, {2} : " +
      whole + ", " + row + ") outs(%e : " + whole + ") {{\n  ^bb0(%x: " + t +
      ", %y: " + t + ", %z: " + t + "):\n{3}  } -> " + whole + "\n";
  std::string text = formatv(
      "func.func @main(%a: {0}) -> {0} {{\n  %low = arith.constant -1.0e4 : "
      "{1}\n  %zero = arith.constant 0.0 : {1}\n  %er = tensor.empty() : {2}\n "
      " %e = tensor.empty() : {0}\n  %fl = linalg.fill ins(%low : {1}) "
      "outs(%er : {2}) -> {2}\n  %fz = linalg.fill ins(%zero : {1}) outs(%er : "
      "{2}) -> {2}\n",
      whole, t, row);
  text += formatv(reduce.c_str(), "m", "%a", "%fl", "arith.maximumf");
  text += formatv(each.c_str(), "x1", "%a", "%m",
                  "    %d = arith.subf %x, %y : " + t +
                      "\n    %p = math.exp %d : " + t +
                      "\n    linalg.yield %p : " + t + "\n");
  text += formatv(reduce.c_str(), "n", "%x1", "%fz", "arith.addf");
  text += formatv(each.c_str(), "r", "%x1", "%n",
                  "    %q = arith.divf %x, %y : " + t +
                      "\n    linalg.yield %q : " + t + "\n");
  return text + formatv("  return %r : {0}\n}\n", whole).str();
}

/// The largest of each row and where it is: two results, one an index.
std::string argmax(const Types &types, const Shape &shape) {
  return formatv(
      "func.func @main(%a: {0}) -> ({1}, {2}) {{\n  %low = arith.constant {3}\n"
      "  %first = arith.constant 0 : i64\n  %e = tensor.empty() : {1}\n  %ei "
      "= tensor.empty() : {2}\n  %f = linalg.fill ins(%low : {4}) outs(%e : "
      "{1}) -> {1}\n  %fi = linalg.fill ins(%first : i64) outs(%ei : {2}) -> "
      "{2}\n  %r:2 = linalg.generic {{indexing_maps = [{5}, {6}, {6}], "
      "iterator_types = {7}} ins(%a : {0}) outs(%f, %fi : {1}, {2}) {{\n  "
      "^bb0(%x: {4}, %y: {4}, %i: i64):\n    %j = linalg.index 1 : index\n    "
      "%k = arith.index_cast %j : index to i64\n    %c = {8} %x, %y : {4}\n    "
      "%v = arith.select %c, %x, %y : {4}\n    %w = arith.select %c, %k, %i : "
      "i64\n    linalg.yield %v, %w : {4}, i64\n  } -> ({1}, {2})\n  return "
      "%r#0, %r#1 : {1}, {2}\n}\n",
      tensor(shape, types.out), tensor({shape[0]}, types.out),
      tensor({shape[0]}, "i64"), types.typed(types.zero()), types.out,
      map(2, "d0, d1"), map(2, "d0"), iterators("pr"), types.greater());
}

/// Rows of a table at given places.
std::string gather(const Types &types, const Shape &shape) {
  return formatv(
      "func.func @main(%t: {0}, %which: {1}) -> {2} {{\n  %e = tensor.empty() "
      ": {2}\n  %r = linalg.generic {{indexing_maps = [{3}, {4}], "
      "iterator_types = {5}} ins(%which : {1}) outs(%e : {2}) {{\n  ^bb0(%w: "
      "i64, %z: {6}):\n    %i = arith.index_cast %w : i64 to index\n    %j = "
      "linalg.index 1 : index\n    %v = tensor.extract %t[%i, %j] : {0}\n    "
      "linalg.yield %v : {6}\n  } -> {2}\n  return %r : {2}\n}\n",
      tensor({50, shape[1]}, types.out), tensor({shape[0]}, "i64"),
      tensor(shape, types.out), map(2, "d0"), map(2, "d0, d1"), iterators("pp"),
      types.out);
}

/// Collects the cases; one of an operation's shapes after another has the next
/// ending.
class Matrix {
public:
  void
  addTo(StringRef operation, const std::vector<Shape> &shapes,
        llvm::function_ref<std::string(const Types &, const Shape &, Ending)>
            write,
        llvm::function_ref<bool(const Types &)> takes) {
    size_t turn = 0;
    for (const Types &types : allTypes) {
      if (!takes(types))
        continue;
      for (const Shape &shape : shapes)
        cases.push_back(
            {operation.str(), types.name(), join(shape),
             write(types, shape, endings[turn++ % std::size(endings)])});
      ++turn; // else every type would have the same endings
    }
  }

  std::vector<LegalityCase> cases;
};

bool takesAll(const Types &) { return true; }
/// Bodies of named operations know neither indices nor widening to doubles.
bool takesNumbers(const Types &types) {
  return types.in != "index" && types.out != "f64" ? true : types.in == "f64";
}
bool takesUniform(const Types &types) {
  return types.in == types.out && takesNumbers(types);
}
bool takesFloats(const Types &types) {
  return types.isFloat() && types.in == types.out;
}

void addProducts(Matrix &matrix) {
  const std::vector<Shape> products = {
      {64, 64, 64},     {1, 128, 64}, {128, 1, 64},    {17, 13, 19},
      {2, 512, 3},      {7, 1024, 1}, {3, 3, 1024},    {97, 101, 103},
      {1024, 2, 2},     {31, 257, 8}, {512, 512, 512}, {1, 1, 4096},
      {65536, 65536, 4}};
  auto add = [&](StringRef name, StringRef lhsMap, StringRef rhsMap,
                 bool turnLhs, bool turnRhs) {
    matrix.addTo(
        name, products,
        [&](const Types &types, const Shape &s, Ending ending) {
          return contraction(types, ending, "ppr",
                             turnLhs ? Shape{s[2], s[0]} : Shape{s[0], s[2]},
                             lhsMap,
                             turnRhs ? Shape{s[1], s[2]} : Shape{s[2], s[1]},
                             rhsMap, {s[0], s[1]}, "d0, d1");
        },
        takesAll);
  };
  add("matmul", "d0, d2", "d2, d1", false, false);
  add("matmul_transpose_b", "d0, d2", "d1, d2", false, true);
  add("matmul_transpose_a", "d2, d0", "d2, d1", true, false);
  matrix.addTo(
      "matmul_turned_result", products,
      [](const Types &types, const Shape &s, Ending ending) {
        return contraction(types, ending, "ppr", {s[0], s[2]}, "d0, d2",
                           {s[2], s[1]}, "d2, d1", {s[1], s[0]}, "d1, d0");
      },
      takesAll);
  matrix.addTo(
      "batch_matmul",
      {{3, 17, 13, 19},
       {1, 32, 32, 32},
       {12, 1, 64, 64},
       {5, 64, 1, 64},
       {2, 127, 65, 1},
       {7, 2, 3, 101},
       {64, 128, 128, 64}},
      [](const Types &types, const Shape &s, Ending ending) {
        return contraction(types, ending, "pppr", {s[0], s[1], s[3]},
                           "d0, d1, d3", {s[0], s[3], s[2]}, "d0, d3, d2",
                           {s[0], s[1], s[2]}, "d0, d1, d2");
      },
      takesAll);
  matrix.addTo(
      "batch_matmul_shared_rhs",
      {{3, 17, 13, 19}, {1, 32, 32, 32}, {12, 1, 64, 64}, {7, 2, 3, 101}},
      [](const Types &types, const Shape &s, Ending ending) {
        return contraction(types, ending, "pppr", {s[0], s[1], s[3]},
                           "d0, d1, d3", {s[3], s[2]}, "d3, d2",
                           {s[0], s[1], s[2]}, "d0, d1, d2");
      },
      takesAll);
  const std::vector<Shape> vectors = {{64, 64},   {1, 4096}, {4096, 1},
                                      {101, 103}, {2, 2047}, {2047, 3}};
  matrix.addTo(
      "matvec", vectors,
      [](const Types &types, const Shape &s, Ending ending) {
        return contraction(types, ending, "pr", {s[0], s[1]}, "d0, d1", {s[1]},
                           "d1", {s[0]}, "d0");
      },
      takesAll);
  matrix.addTo(
      "vecmat", vectors,
      [](const Types &types, const Shape &s, Ending ending) {
        return contraction(types, ending, "pr", {s[1]}, "d1", {s[1], s[0]},
                           "d1, d0", {s[0]}, "d0");
      },
      takesAll);
  matrix.addTo(
      "dot", {{4096}, {2053}},
      [](const Types &types, const Shape &s, Ending ending) {
        return contraction(types, ending, "r", {s[0]}, "d0", {s[0]}, "d0", {},
                           "");
      },
      takesAll);
}

/// Names such as conv_2d_nchw_fchw: where the letters of a layout are.
void addConvolutions(Matrix &matrix) {
  // Batch, channels, filters, extent of the result, of the window, stride.
  const std::vector<Shape> shapes = {
      {1, 16, 32, 14, 3, 1}, {1, 3, 64, 16, 7, 2},   {2, 1, 16, 13, 3, 1},
      {1, 16, 1, 17, 3, 1},  {1, 64, 64, 7, 1, 1},   {1, 5, 7, 11, 5, 3},
      {1, 256, 17, 1, 3, 1}, {1, 13, 37, 9, 1, 2},   {1, 1, 1, 47, 2, 1},
      {3, 48, 96, 8, 3, 2},  {1, 128, 128, 28, 3, 1}};
  for (int dimensions = 1; dimensions <= 3; ++dimensions)
    for (bool channelsLast : {false, true}) {
      StringRef letters = StringRef("dhw").take_back(dimensions);
      std::string image = channelsLast ? "n" + letters.str() + "c"
                                       : "nc" + letters.str(),
                  window = channelsLast ? letters.str() + "cf"
                                        : "fc" + letters.str();
      std::string name =
          formatv("conv_{0}d_{1}_{2}", dimensions, image, window);
      auto fill = [&](StringRef layout, const Shape &s, int64_t space,
                      bool isOut) {
        Shape shape;
        for (char letter : layout)
          shape.push_back(letter == 'n'   ? s[0]
                          : letter == 'c' ? (isOut ? s[2] : s[1])
                          : letter == 'f' ? s[2]
                                          : space);
        return shape;
      };
      matrix.addTo(
          name, shapes,
          [&](const Types &types, const Shape &s, Ending ending) {
            return windowed(types, ending, name,
                            fill(image, s, extent(s[3], s[4], s[5]), false),
                            fill(window, s, s[4], false), types.in,
                            fill(image, s, s[3], true), Shape(dimensions, s[5]),
                            types.zero());
          },
          takesNumbers);
    }
  // Batch, groups, channels and filters of each, extents of result and window,
  // stride.
  const std::vector<Shape> grouped = {{1, 4, 8, 8, 14, 3, 1},
                                      {1, 32, 4, 4, 7, 3, 2},
                                      {2, 3, 1, 5, 11, 3, 1},
                                      {1, 2, 17, 13, 9, 1, 1},
                                      {1, 8, 16, 1, 5, 3, 1}};
  struct Layout {
    const char *name, *image, *window, *out;
  };
  for (Layout layout :
       {Layout{"conv_2d_ngchw_gfchw", "ngchw", "gfchw", "ngfhw"},
        Layout{"conv_2d_ngchw_fgchw", "ngchw", "fgchw", "ngfhw"},
        Layout{"conv_2d_nhwgc_gfhwc", "nhwgc", "gfhwc", "nhwgf"}}) {
    auto fill = [](StringRef letters, const Shape &s, int64_t space) {
      Shape shape;
      for (char letter : letters)
        shape.push_back(letter == 'n'   ? s[0]
                        : letter == 'g' ? s[1]
                        : letter == 'c' ? s[2]
                        : letter == 'f' ? s[3]
                                        : space);
      return shape;
    };
    matrix.addTo(
        layout.name, grouped,
        [&](const Types &types, const Shape &s, Ending ending) {
          return windowed(types, ending, layout.name,
                          fill(layout.image, s, extent(s[4], s[5], s[6])),
                          fill(layout.window, s, s[5]), types.in,
                          fill(layout.out, s, s[4]), {s[6], s[6]},
                          types.zero());
        },
        takesNumbers);
  }
  // Channels, extents of result and window, stride.
  const std::vector<Shape> depthwise = {{32, 14, 3, 1}, {1, 47, 3, 1},
                                        {7, 17, 5, 2},  {48, 7, 3, 2},
                                        {131, 9, 1, 1}, {576, 14, 3, 1}};
  struct Depthwise {
    const char *name, *image, *window, *out;
  };
  for (Depthwise layout :
       {Depthwise{"depthwise_conv_2d_nhwc_hwc", "nhwc", "hwc", "nhwc"},
        Depthwise{"depthwise_conv_2d_nchw_chw", "nchw", "chw", "nchw"},
        Depthwise{"depthwise_conv_2d_nhwc_hwcm", "nhwc", "hwcm", "nhwcm"},
        Depthwise{"depthwise_conv_1d_nwc_wc", "nwc", "wc", "nwc"},
        Depthwise{"depthwise_conv_1d_ncw_cw", "ncw", "cw", "ncw"},
        Depthwise{"depthwise_conv_3d_ndhwc_dhwc", "ndhwc", "dhwc", "ndhwc"}}) {
    int spaces = llvm::count_if(StringRef(layout.out), [](char c) {
      return StringRef("dhw").contains(c);
    });
    auto fill = [&](StringRef letters, const Shape &s, int64_t space) {
      Shape shape;
      for (char letter : letters)
        shape.push_back(letter == 'n'   ? 2
                        : letter == 'c' ? s[0]
                        : letter == 'm' ? 3
                                        : space);
      return shape;
    };
    matrix.addTo(
        layout.name, depthwise,
        [&](const Types &types, const Shape &given, Ending ending) {
          Shape s = given;
          if (spaces == 1)
            s[1] *= 17;
          return windowed(types, ending, layout.name,
                          fill(layout.image, s, extent(s[1], s[2], s[3])),
                          fill(layout.window, s, s[2]), types.in,
                          fill(layout.out, s, s[1]), Shape(spaces, s[3]),
                          types.zero());
        },
        takesNumbers);
  }
}

void addPools(Matrix &matrix) {
  // Channels, extents of result and window, stride.
  const std::vector<Shape> shapes = {{64, 28, 3, 2}, {1, 47, 2, 2},
                                     {7, 17, 3, 1},  {2048, 1, 1, 1},
                                     {131, 1, 7, 1}, {513, 2, 3, 2}};
  for (StringRef name :
       {"pooling_nhwc_max", "pooling_nhwc_min", "pooling_nhwc_sum",
        "pooling_nchw_max", "pooling_nchw_sum", "pooling_ncw_max",
        "pooling_ncw_sum", "pooling_nwc_max", "pooling_nwc_sum",
        "pooling_ndhwc_max", "pooling_ndhwc_sum"}) {
    StringRef layout = name.split('_').second.split('_').first;
    int spaces = layout.size() - 2;
    auto fill = [&](int64_t channels, int64_t space) {
      Shape shape;
      for (char letter : layout)
        shape.push_back(letter == 'n' ? 2 : letter == 'c' ? channels : space);
      return shape;
    };
    bool isSum = name.ends_with("sum");
    matrix.addTo(
        name, shapes,
        [&](const Types &types, const Shape &given, Ending ending) {
          Shape s = given;
          if (spaces == 1)
            s[1] *= 17;
          return windowed(types, ending, name,
                          fill(s[0], extent(s[1], s[2], s[3])),
                          Shape(spaces, s[2]), types.in, fill(s[0], s[1]),
                          Shape(spaces, s[3]), types.zero());
        },
        isSum ? takesNumbers : takesUniform);
  }
}

void addRows(Matrix &matrix) {
  struct Kept {
    const char *name, *kinds;
    std::vector<Shape> shapes;
  };
  const Kept reductions[] = {
      {"reduce_inner",
       "pr",
       {{64, 64}, {1, 4096}, {4096, 1}, {101, 103}, {3, 2047}, {2047, 2}}},
      {"reduce_outer",
       "rp",
       {{64, 64}, {1, 4096}, {4096, 1}, {101, 103}, {3, 2047}, {2047, 2}}},
      {"reduce_first",
       "rpp",
       {{17, 13, 19}, {1, 64, 64}, {64, 1, 64}, {64, 64, 1}}},
      {"reduce_middle",
       "prp",
       {{17, 13, 19}, {1, 64, 64}, {64, 1, 64}, {64, 64, 1}}},
      {"reduce_channels",
       "prpp",
       {{2, 24, 13, 15}, {1, 64, 7, 7}, {2, 1, 32, 33}}},
      {"reduce_image",
       "pprr",
       {{2, 24, 13, 15}, {1, 64, 7, 7}, {2, 1024, 1, 1}, {1, 1, 64, 64}}},
      {"reduce_two_outer", "rrp", {{17, 13, 19}, {64, 64, 1}, {1, 1, 4096}}},
      {"reduce_around", "rpr", {{17, 13, 19}, {64, 1, 64}, {1, 64, 64}}},
      {"reduce_all", "r", {{4096}, {2053}}},
      {"reduce_all_2d", "rr", {{64, 64}, {1, 4096}, {101, 103}}}};
  for (const Kept &kept : reductions)
    for (bool isMaximum : {false, true})
      matrix.addTo(
          std::string(kept.name) + (isMaximum ? "_max" : "_sum"), kept.shapes,
          [&](const Types &types, const Shape &s, Ending ending) {
            return reduction(types, ending, kept.kinds, s, isMaximum);
          },
          takesAll);
  auto addElementwise =
      [&](StringRef name, const std::vector<Shape> &shapes,
          llvm::function_ref<std::string(const Types &, const Shape &)> write) {
        matrix.addTo(
            name, shapes,
            [&](const Types &types, const Shape &s, Ending) {
              return write(types, s);
            },
            takesAll);
      };
  addElementwise("elementwise_1d", {{2048}, {2053}, {1048573}},
                 [](const Types &types, const Shape &s) {
                   return elementwise(types, s, s, "d0", s, "d0");
                 });
  const std::vector<Shape> squares = {{64, 64},   {1, 4096}, {4096, 1},
                                      {101, 103}, {3, 2047}, {2047, 2}};
  addElementwise("elementwise_2d", squares,
                 [](const Types &types, const Shape &s) {
                   return elementwise(types, s, s, "d0, d1", s, "d0, d1");
                 });
  addElementwise("elementwise_bias", squares,
                 [](const Types &types, const Shape &s) {
                   return elementwise(types, s, {s[0]}, "d0", {s[1]}, "d1");
                 });
  addElementwise("elementwise_scalar", squares,
                 [](const Types &types, const Shape &s) {
                   return elementwise(types, s, s, "d0, d1", {}, "");
                 });
  addElementwise(
      "elementwise_turned", squares, [](const Types &types, const Shape &s) {
        return elementwise(types, s, {s[1], s[0]}, "d1, d0", s, "d0, d1");
      });
  addElementwise("elementwise_3d", {{17, 13, 19}, {1, 64, 64}, {64, 64, 1}},
                 [](const Types &types, const Shape &s) {
                   return elementwise(types, s, {s[2], s[0], s[1]},
                                      "d2, d0, d1", {s[1], s[2]}, "d1, d2");
                 });
  addElementwise("elementwise_strided", {{64, 64}, {17, 131}},
                 [](const Types &types, const Shape &s) {
                   return elementwise(types, s, {s[0], 2 * s[1]}, "d0, d1 * 2",
                                      s, "d0, d1");
                 });
  addElementwise("elementwise_windows", {{64, 64}, {17, 131}},
                 [](const Types &types, const Shape &s) {
                   return elementwise(types, s, {s[0] + s[1]}, "d0 + d1", s,
                                      "d0, d1");
                 });
  addElementwise("elementwise_rolled", {{64, 64}, {17, 131}},
                 [](const Types &types, const Shape &s) {
                   return elementwise(
                       types, s, s, "d0, (d1 + 3) mod " + std::to_string(s[1]),
                       s, "d0, d1");
                 });
  addElementwise("elementwise_constant_index", {{64, 64}, {17, 131}},
                 [](const Types &types, const Shape &s) {
                   return elementwise(types, s, {3, s[1]}, "2, d1", s,
                                      "d0, d1");
                 });
  matrix.addTo(
      "argmax", {{64, 64}, {101, 103}, {1, 4096}, {4096, 1}},
      [](const Types &types, const Shape &s, Ending) {
        return argmax(types, s);
      },
      [](const Types &types) {
        return takesUniform(types) && !types.isBoolean() &&
               types.out != "index";
      });
  addElementwise(
      "gather", {{64, 64}, {101, 103}, {2053, 1}},
      [](const Types &types, const Shape &s) { return gather(types, s); });
  matrix.addTo(
      "softmax",
      {{64, 64}, {1, 4096}, {101, 103}, {3, 2047}, {2047, 2}, {4096, 1}},
      [](const Types &types, const Shape &s, Ending) {
        return softmax(types, s);
      },
      takesFloats);
}

} // namespace

std::vector<LegalityCase> chameleon::testing::getLegalityMatrix() {
  Matrix matrix;
  addProducts(matrix);
  addConvolutions(matrix);
  addPools(matrix);
  addRows(matrix);
  return std::move(matrix.cases);
}
