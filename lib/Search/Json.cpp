//===- Json.cpp - reads JSON documents ------------------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Json.h"
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace chameleon::search {

/// Recursive descent. A failure leaves `position` where it was found.
class JsonReader {
public:
  JsonReader(const std::string &text, bool unclosed)
      : text(text), unclosed(unclosed) {}

  bool read(Json &value, int depth = 0) {
    skipSpace();
    if (depth > maximalDepth)
      return false;
    switch (peek()) {
    case '{':
      return readObject(value, depth);
    case '[':
      return readArray(value, depth);
    case '"':
      value.kind = Json::Kind::String;
      return readString(value.string);
    default:
      return readScalar(value);
    }
  }

  bool isAtEnd() {
    skipSpace();
    return position >= text.size();
  }
  size_t getPosition() const { return position; }

private:
  static constexpr int maximalDepth = 256;

  char peek() const { return position < text.size() ? text[position] : '\0'; }
  void skipSpace() {
    while (position < text.size() && std::strchr(" \t\r\n", text[position]))
      ++position;
  }
  bool take(char character) {
    skipSpace();
    if (peek() != character)
      return false;
    ++position;
    return true;
  }
  bool closesByEnd() { return unclosed && isAtEnd(); }

  /// Elements up to `close`; `readOne` appends one and says whether it could.
  template <typename ReadOne>
  bool readList(char close, ReadOne readOne) {
    ++position;
    while (true) {
      if (take(close) || closesByEnd())
        return true;
      if (!readOne())
        return closesByEnd();
      if (take(close) || closesByEnd())
        return true;
      if (!take(','))
        return false;
    }
  }

  bool readArray(Json &value, int depth) {
    value.kind = Json::Kind::Array;
    return readList(']', [&] {
      Json element;
      if (!read(element, depth + 1))
        return false;
      value.elements.push_back(std::move(element));
      return true;
    });
  }

  bool readObject(Json &value, int depth) {
    value.kind = Json::Kind::Object;
    return readList('}', [&] {
      std::string key;
      Json member;
      skipSpace();
      if (peek() != '"' || !readString(key) || !take(':') ||
          !read(member, depth + 1))
        return false;
      value.members.emplace_back(std::move(key), std::move(member));
      return true;
    });
  }

  bool readString(std::string &result) {
    ++position;
    while (position < text.size() && text[position] != '"') {
      char character = text[position++];
      if (character != '\\') {
        result += character;
        continue;
      }
      char escape = peek();
      ++position;
      if (escape == 'u') {
        if (position + 4 > text.size())
          return false;
        long code = std::strtol(text.substr(position, 4).c_str(), nullptr, 16);
        position += 4;
        result += code > 0 && code < 128 ? static_cast<char>(code) : '?';
        continue;
      }
      const char *escapes = "\"\\/bfnrt", *meanings = "\"\\/\b\f\n\r\t";
      const char *found = escape ? std::strchr(escapes, escape) : nullptr;
      if (!found)
        return false;
      result += meanings[found - escapes];
    }
    if (position >= text.size())
      return false;
    ++position;
    return true;
  }

  bool readScalar(Json &value) {
    struct Word {
      const char *text;
      Json::Kind kind;
      double number;
    };
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const Word words[] = {
        {"null", Json::Kind::Null, 0},
        {"true", Json::Kind::Boolean, 1},
        {"false", Json::Kind::Boolean, 0},
        {"NaN", Json::Kind::Number, std::numeric_limits<double>::quiet_NaN()},
        {"Infinity", Json::Kind::Number, infinity},
        {"-Infinity", Json::Kind::Number, -infinity}};
    for (const Word &word : words) {
      size_t length = std::strlen(word.text);
      if (text.compare(position, length, word.text) != 0)
        continue;
      value.kind = word.kind;
      value.number = word.number;
      position += length;
      return true;
    }
    if (!peek() || !std::strchr("-0123456789", peek()))
      return false;
    const char *begin = text.c_str() + position;
    char *end = nullptr;
    value.kind = Json::Kind::Number;
    value.number = std::strtod(begin, &end);
    position += end - begin;
    return end != begin;
  }

  const std::string &text;
  bool unclosed;
  size_t position = 0;
};

} // namespace chameleon::search

using namespace chameleon::search;

static std::optional<Json> parseText(const std::string &text, bool unclosed,
                                     std::string &error) {
  JsonReader reader(text, unclosed);
  Json root;
  if (reader.read(root) && reader.isAtEnd())
    return root;
  error = "not JSON at byte " + std::to_string(reader.getPosition());
  return std::nullopt;
}

std::optional<Json> Json::parse(const std::string &text, std::string &error) {
  return parseText(text, /*unclosed=*/false, error);
}

std::optional<Json> Json::parseUnclosed(const std::string &text,
                                        std::string &error) {
  return parseText(text, /*unclosed=*/true, error);
}

const Json &Json::get(const std::string &key) const {
  static const Json null;
  for (auto member = members.rbegin(); member != members.rend(); ++member)
    if (member->first == key)
      return member->second;
  return null;
}

bool Json::has(const std::string &key) const {
  for (const auto &member : members)
    if (member.first == key)
      return true;
  return false;
}

std::string Json::toText() const {
  if (kind == Kind::String)
    return string;
  if (kind == Kind::Boolean)
    return number != 0 ? "true" : "false";
  if (kind != Kind::Number)
    return "";
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "%.17g", number);
  return buffer;
}
