//===- Json.h - reads JSON documents ----------------------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A reader for recorded spaces, because floor 0 knows no LLVM. Beyond RFC 8259
// it takes what tuners write: NaN and Infinity, a comma before a closing
// bracket, and (`parseUnclosed`) kernel_tuner's cache of an interrupted run,
// whose last brackets are missing.
//
//   std::string error;
//   std::optional<Json> root = Json::parse(text, error);
//   double answer = root->get("answer").asNumber(/*otherwise=*/0);
//
// Limits: 64-bit floating point numbers only; 256 levels; the last of equal
// keys wins; \u escapes outside ASCII become '?'.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_JSON_H
#define CHAMELEON_SEARCH_JSON_H

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chameleon::search {

class Json {
public:
  enum class Kind { Null, Boolean, Number, String, Array, Object };

  /// Nothing, with the byte offset in `error`, for text that is not JSON.
  static std::optional<Json> parse(const std::string &text, std::string &error);
  /// The same, but the end of the text closes what is still open. What was cut
  /// in the middle of an element is dropped.
  static std::optional<Json> parseUnclosed(const std::string &text,
                                           std::string &error);

  Kind getKind() const { return kind; }
  bool isNumber() const {
    return kind == Kind::Number || kind == Kind::Boolean;
  }
  /// A boolean is 0 or 1.
  double asNumber(double otherwise) const {
    return isNumber() ? number : otherwise;
  }
  /// Empty unless a string.
  const std::string &asString() const { return string; }
  /// Empty unless an array.
  const std::vector<Json> &getElements() const { return elements; }
  /// In the order of the text; empty unless an object.
  const std::vector<std::pair<std::string, Json>> &getMembers() const {
    return members;
  }
  /// The member of that key, or null.
  const Json &get(const std::string &key) const;
  bool has(const std::string &key) const;
  /// Comparable text of a scalar: "16", "0.5", "true", the string itself.
  std::string toText() const;

private:
  friend class JsonReader;
  Kind kind = Kind::Null;
  double number = 0;
  std::string string;
  std::vector<Json> elements;
  std::vector<std::pair<std::string, Json>> members;
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_JSON_H
