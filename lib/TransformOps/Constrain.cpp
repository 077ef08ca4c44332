//===- Constrain.cpp - transform.chameleon.constrain
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A parser of expressions over MLIR's own tokens, so that comments, locations
// and names of parameters are those of the file. It makes the operations of the
// SMT dialect as it goes; nothing of the text is kept.
//
//   constraint  = "{" { statement } [ yield ] "}"
//   statement   = "let" name "=" expression | "assert" expression
//   yield       = "yield" expression { "," expression }
//   expression  = "if" expression "then" expression "else" expression
//               | implication
//   implication = disjunction [ "implies" implication ]
//   disjunction = conjunction { ( "or" | "xor" ) conjunction }
//   conjunction = negation { "and" negation }
//   negation    = "not" negation | comparison
//   comparison  = sum [ ( "==" | "<" | "<=" | ">" | ">=" ) sum ]
//   sum         = product { ( "+" | "-" ) product }
//   product     = factor { ( "*" | "div" | "mod" | "ceildiv" ) factor }
//   factor      = "-" factor | integer | "true" | "false" | name | "%" name
//               | function "(" expression { "," expression } ")"
//               | "(" expression ")"
//   function    = "abs" | "min" | "max" | "distinct"
//
//===----------------------------------------------------------------------===//

#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/SMT/IR/SMTOps.h"
#include "mlir/Dialect/Transform/SMTExtension/SMTExtensionOps.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using chameleon::transform_ops::ConstrainOp;

/// What cannot be the name of a value.
static bool isReserved(StringRef name) {
  return llvm::is_contained({"abs", "and",  "assert", "ceildiv", "distinct",
                             "div", "else", "false",  "if",      "implies",
                             "let", "max",  "min",    "mod",     "not",
                             "or",  "then", "true",   "xor",     "yield"},
                            name);
}

namespace {
/// A value of the constraint and where its text begins. Null after an error,
/// which has been emitted then.
struct Term {
  Value value;
  SMLoc place;

  explicit operator bool() const { return static_cast<bool>(value); }
  bool isInteger() const { return isa<smt::IntType>(value.getType()); }
};

class ConstraintParser {
public:
  ConstraintParser(OpAsmParser &parser, Block &body)
      : parser(parser), builder(parser.getContext()), body(body) {
    builder.setInsertionPointToEnd(&body);
  }

  /// Up to the closing brace.
  ParseResult parseStatements() {
    while (failed(parser.parseOptionalRBrace())) {
      SMLoc place = parser.getCurrentLocation();
      if (succeeded(parser.parseOptionalKeyword("let"))) {
        if (parseLet())
          return failure();
      } else if (succeeded(parser.parseOptionalKeyword("assert"))) {
        Term condition = parseExpression();
        if (!condition || expectKind(condition, false, "assert"))
          return failure();
        smt::AssertOp::create(builder, locate(place), condition.value);
      } else if (succeeded(parser.parseOptionalKeyword("yield"))) {
        return parseYield(place);
      } else {
        return parser.emitError(place)
               << "expected 'let', 'assert', 'yield' or '}' in a constraint";
      }
    }
    smt::YieldOp::create(builder, locate(parser.getNameLoc()));
    return success();
  }

  ArrayRef<OpAsmParser::UnresolvedOperand> getOperands() const {
    return operands;
  }

private:
  Location locate(SMLoc place) { return parser.getEncodedSourceLoc(place); }

  ParseResult expectKind(const Term &term, bool integer, StringRef what) {
    if (term.isInteger() == integer)
      return success();
    return parser.emitError(term.place)
           << "expected " << (integer ? "an integer" : "a condition")
           << " for '" << what << "', found "
           << (integer ? "a condition" : "an integer");
  }

  ParseResult parseLet() {
    SMLoc place = parser.getCurrentLocation();
    StringRef name;
    if (parser.parseKeyword(&name))
      return failure();
    if (isReserved(name) || names.contains(name))
      return parser.emitError(place)
             << "'" << name << "' "
             << (isReserved(name) ? "is a word of the language"
                                  : "is defined already");
    if (parser.parseEqual())
      return failure();
    Term term = parseExpression();
    if (!term)
      return failure();
    // The name stays as part of the location, where the printer finds it.
    Operation *op = term.value.getDefiningOp();
    if (op && !isa<NameLoc>(op->getLoc()))
      op->setLoc(NameLoc::get(builder.getStringAttr(name), op->getLoc()));
    names[name] = term.value;
    return success();
  }

  ParseResult parseYield(SMLoc place) {
    SmallVector<Value> values;
    do {
      Term term = parseExpression();
      if (!term || expectKind(term, true, "yield"))
        return failure();
      values.push_back(term.value);
    } while (succeeded(parser.parseOptionalComma()));
    smt::YieldOp::create(builder, locate(place), values);
    return parser.parseRBrace();
  }

  Term parseExpression() {
    SMLoc place = parser.getCurrentLocation();
    if (failed(parser.parseOptionalKeyword("if")))
      return parseImplication();
    Term condition = parseExpression();
    if (!condition || expectKind(condition, false, "if") ||
        parser.parseKeyword("then"))
      return {};
    Term first = parseExpression();
    if (!first || parser.parseKeyword("else"))
      return {};
    Term second = parseExpression();
    if (!second || expectKind(second, first.isInteger(), "else"))
      return {};
    return {smt::IteOp::create(builder, locate(place), condition.value,
                               first.value, second.value),
            place};
  }

  /// `make` with the place of the word, if both operands are of the kind.
  Term join(Term left, bool integers, StringRef word, SMLoc place,
            function_ref<Term()> parseRight,
            function_ref<Value(Location, Value, Value)> make) {
    if (expectKind(left, integers, word))
      return {};
    Term right = parseRight();
    if (!right || expectKind(right, integers, word))
      return {};
    return {make(locate(place), left.value, right.value), left.place};
  }
  template <typename OpTy>
  Value make(Location loc, Value a, Value b) {
    return OpTy::create(builder, loc, a, b);
  }
  template <typename OpTy>
  Value makeVariadic(Location loc, Value a, Value b) {
    return OpTy::create(builder, loc, ValueRange{a, b});
  }

  Term parseImplication() {
    Term left = parseDisjunction();
    SMLoc place = parser.getCurrentLocation();
    if (!left || failed(parser.parseOptionalKeyword("implies")))
      return left;
    return join(
        left, false, "implies", place, [&] { return parseImplication(); },
        [&](Location loc, Value a, Value b) {
          return make<smt::ImpliesOp>(loc, a, b);
        });
  }

  Term parseDisjunction() {
    Term left = parseConjunction();
    auto parseRight = [&] { return parseConjunction(); };
    while (left) {
      SMLoc place = parser.getCurrentLocation();
      if (succeeded(parser.parseOptionalKeyword("or")))
        left = join(left, false, "or", place, parseRight,
                    [&](Location loc, Value a, Value b) {
                      return makeVariadic<smt::OrOp>(loc, a, b);
                    });
      else if (succeeded(parser.parseOptionalKeyword("xor")))
        left = join(left, false, "xor", place, parseRight,
                    [&](Location loc, Value a, Value b) {
                      return makeVariadic<smt::XOrOp>(loc, a, b);
                    });
      else
        break;
    }
    return left;
  }

  Term parseConjunction() {
    Term left = parseNegation();
    while (left) {
      SMLoc place = parser.getCurrentLocation();
      if (failed(parser.parseOptionalKeyword("and")))
        break;
      left = join(
          left, false, "and", place, [&] { return parseNegation(); },
          [&](Location loc, Value a, Value b) {
            return makeVariadic<smt::AndOp>(loc, a, b);
          });
    }
    return left;
  }

  Term parseNegation() {
    SMLoc place = parser.getCurrentLocation();
    if (failed(parser.parseOptionalKeyword("not")))
      return parseComparison();
    Term term = parseNegation();
    if (!term || expectKind(term, false, "not"))
      return {};
    return {smt::NotOp::create(builder, locate(place), term.value), place};
  }

  Term parseComparison() {
    Term left = parseSum();
    if (!left)
      return {};
    SMLoc place = parser.getCurrentLocation();
    auto parseRight = [&] { return parseSum(); };
    auto compare = [&](StringRef word, smt::IntPredicate predicate) {
      return join(left, true, word, place, parseRight,
                  [&](Location loc, Value a, Value b) -> Value {
                    return smt::IntCmpOp::create(builder, loc, predicate, a, b);
                  });
    };
    if (succeeded(parser.parseOptionalLess()))
      return succeeded(parser.parseOptionalEqual())
                 ? compare("<=", smt::IntPredicate::le)
                 : compare("<", smt::IntPredicate::lt);
    if (succeeded(parser.parseOptionalGreater()))
      return succeeded(parser.parseOptionalEqual())
                 ? compare(">=", smt::IntPredicate::ge)
                 : compare(">", smt::IntPredicate::gt);
    if (failed(parser.parseOptionalEqual()))
      return left;
    if (parser.parseEqual())
      return {};
    return join(left, left.isInteger(), "==", place, parseRight,
                [&](Location loc, Value a, Value b) {
                  return make<smt::EqOp>(loc, a, b);
                });
  }

  Term parseSum() {
    Term left = parseProduct();
    auto parseRight = [&] { return parseProduct(); };
    while (left) {
      SMLoc place = parser.getCurrentLocation();
      if (succeeded(parser.parseOptionalPlus()))
        left = join(left, true, "+", place, parseRight,
                    [&](Location loc, Value a, Value b) {
                      return makeVariadic<smt::IntAddOp>(loc, a, b);
                    });
      else if (succeeded(parser.parseOptionalMinus()))
        left = join(left, true, "-", place, parseRight,
                    [&](Location loc, Value a, Value b) {
                      return make<smt::IntSubOp>(loc, a, b);
                    });
      else
        break;
    }
    return left;
  }

  Term parseProduct() {
    Term left = parseFactor();
    auto parseRight = [&] { return parseFactor(); };
    while (left) {
      SMLoc place = parser.getCurrentLocation();
      if (succeeded(parser.parseOptionalStar()))
        left = join(left, true, "*", place, parseRight,
                    [&](Location loc, Value a, Value b) {
                      return makeVariadic<smt::IntMulOp>(loc, a, b);
                    });
      else if (succeeded(parser.parseOptionalKeyword("div")))
        left = join(left, true, "div", place, parseRight,
                    [&](Location loc, Value a, Value b) {
                      return make<smt::IntDivOp>(loc, a, b);
                    });
      else if (succeeded(parser.parseOptionalKeyword("mod")))
        left = join(left, true, "mod", place, parseRight,
                    [&](Location loc, Value a, Value b) {
                      return make<smt::IntModOp>(loc, a, b);
                    });
      else if (succeeded(parser.parseOptionalKeyword("ceildiv")))
        left = join(left, true, "ceildiv", place, parseRight,
                    [&](Location loc, Value a, Value b) {
                      Value above = makeVariadic<smt::IntAddOp>(loc, a, b);
                      above =
                          make<smt::IntSubOp>(loc, above, makeConstant(loc, 1));
                      return make<smt::IntDivOp>(loc, above, b);
                    });
      else
        break;
    }
    return left;
  }

  Value makeConstant(Location loc, int64_t value) {
    return smt::IntConstantOp::create(builder, loc,
                                      builder.getI64IntegerAttr(value));
  }

  Term parseFactor() {
    SMLoc place = parser.getCurrentLocation();
    if (succeeded(parser.parseOptionalMinus())) {
      Term term = parseFactor();
      if (!term || expectKind(term, true, "-"))
        return {};
      Value zero = makeConstant(locate(place), 0);
      return {make<smt::IntSubOp>(locate(place), zero, term.value), place};
    }
    if (succeeded(parser.parseOptionalLParen())) {
      Term term = parseExpression();
      if (!term || parser.parseRParen())
        return {};
      return {term.value, place};
    }
    // Before integers, for which MLIR takes these.
    for (bool value : {true, false})
      if (succeeded(parser.parseOptionalKeyword(value ? "true" : "false")))
        return {smt::BoolConstantOp::create(builder, locate(place),
                                            builder.getBoolAttr(value)),
                place};
    APInt integer;
    if (OptionalParseResult parsed = parser.parseOptionalInteger(integer);
        parsed.has_value()) {
      if (failed(*parsed))
        return {};
      if (integer.getSignificantBits() > 64) {
        parser.emitError(place, "expected an integer of 64 bits");
        return {};
      }
      return {makeConstant(locate(place), integer.getSExtValue()), place};
    }
    OpAsmParser::UnresolvedOperand operand;
    if (OptionalParseResult parsed = parser.parseOptionalOperand(operand);
        parsed.has_value())
      return failed(*parsed) ? Term() : Term{getParameter(operand), place};
    return parseName(place);
  }

  /// The argument of the region that stands for a parameter of the schedule.
  Value getParameter(const OpAsmParser::UnresolvedOperand &operand) {
    for (auto [known, argument] :
         llvm::zip_equal(operands, body.getArguments()))
      if (known.name == operand.name && known.number == operand.number)
        return argument;
    operands.push_back(operand);
    Location loc =
        NameLoc::get(builder.getStringAttr(operand.name.drop_front()),
                     locate(operand.location));
    return body.addArgument(smt::IntType::get(builder.getContext()), loc);
  }

  Term parseName(SMLoc place) {
    StringRef name;
    if (failed(parser.parseOptionalKeyword(&name))) {
      parser.emitError(place, "expected a value in a constraint");
      return {};
    }
    if (llvm::is_contained({"abs", "min", "max", "distinct"}, name))
      return parseCall(name, place);
    auto known = names.find(name);
    if (known != names.end())
      return {known->second, place};
    if (isReserved(name))
      parser.emitError(place)
          << "expected a value in a constraint, found '" << name << "'";
    else
      parser.emitError(place) << "'" << name
                              << "' is not defined; a parameter of the "
                                 "schedule is written '%"
                              << name << "'";
    return {};
  }

  Term parseCall(StringRef name, SMLoc place) {
    SmallVector<Value> arguments;
    auto parseArgument = [&]() -> ParseResult {
      Term term = parseExpression();
      if (!term || expectKind(term, true, name))
        return failure();
      arguments.push_back(term.value);
      return success();
    };
    if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren,
                                       parseArgument))
      return {};
    if (name == "abs" ? arguments.size() != 1 : arguments.size() < 2) {
      parser.emitError(place)
          << "expected "
          << (name == "abs" ? "one argument" : "two arguments or more")
          << " for '" << name << "', found " << arguments.size();
      return {};
    }
    Location loc = locate(place);
    if (name == "abs")
      return {smt::IntAbsOp::create(builder, loc, arguments.front()), place};
    if (name == "distinct")
      return {smt::DistinctOp::create(builder, loc, arguments), place};
    Value result = arguments.front();
    for (Value argument : llvm::drop_begin(arguments)) {
      Value isResult = smt::IntCmpOp::create(
          builder, loc,
          name == "min" ? smt::IntPredicate::le : smt::IntPredicate::ge, result,
          argument);
      result = smt::IteOp::create(builder, loc, isResult, result, argument);
    }
    return {result, place};
  }

  OpAsmParser &parser;
  OpBuilder builder;
  Block &body;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  llvm::StringMap<Value> names; ///< of `let`
};
} // namespace

ParseResult ConstrainOp::parse(OpAsmParser &parser, OperationState &result) {
  MLIRContext *context = parser.getContext();
  // The operation that this is a spelling of.
  result.name = OperationName(
      transform::smt::ConstrainParamsOp::getOperationName(), context);
  Block &body = result.addRegion()->emplaceBlock();
  ConstraintParser constraint(parser, body);
  if (parser.parseLBrace() || constraint.parseStatements())
    return failure();
  Type param =
      transform::ParamType::get(context, IntegerType::get(context, 64));
  result.addTypes(SmallVector<Type>(body.back().getNumOperands(), param));
  for (const OpAsmParser::UnresolvedOperand &operand : constraint.getOperands())
    if (parser.resolveOperand(operand, param, result.operands))
      return failure();
  return success();
}

void ConstrainOp::print(OpAsmPrinter &printer) {
  printer.printOptionalAttrDict((*this)->getAttrs());
}

LogicalResult ConstrainOp::verify() {
  return emitOpError("is a way to write '")
         << transform::smt::ConstrainParamsOp::getOperationName()
         << "'; there is none in memory";
}

DiagnosedSilenceableFailure
ConstrainOp::apply(transform::TransformRewriter &rewriter,
                   transform::TransformResults &results,
                   transform::TransformState &state) {
  return emitDefiniteFailure() << "cannot be interpreted";
}

void ConstrainOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {}
