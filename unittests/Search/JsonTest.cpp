//===- JsonTest.cpp - JSON, and what only looks like it -------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Json.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace chameleon::search;

namespace {

Json parse(const std::string &text) {
  std::string error;
  std::optional<Json> root = Json::parse(text, error);
  EXPECT_TRUE(root) << text << ": " << error;
  return root.value_or(Json());
}

TEST(JsonTest, ReadsEveryKind) {
  Json root = parse(R"( {"a": [1, -2.5e3, true, false, null], "b": {"c": "x"},
                        "d": {}, "e": []} )");
  ASSERT_EQ(root.getMembers().size(), 4u);
  const std::vector<Json> &elements = root.get("a").getElements();
  ASSERT_EQ(elements.size(), 5u);
  EXPECT_EQ(elements[0].asNumber(0), 1);
  EXPECT_EQ(elements[1].asNumber(0), -2500);
  EXPECT_EQ(elements[2].asNumber(0), 1);
  EXPECT_EQ(elements[3].asNumber(7), 0);
  EXPECT_EQ(elements[4].asNumber(7), 7);
  EXPECT_EQ(root.get("b").get("c").asString(), "x");
  EXPECT_TRUE(root.has("d"));
  EXPECT_FALSE(root.has("f"));
  EXPECT_EQ(root.get("f").get("g").getKind(), Json::Kind::Null);
}

TEST(JsonTest, StringsAndTheirEscapes) {
  EXPECT_EQ(parse(R"("a\"\\\n\u0041\u00e9")").asString(), "a\"\\\nA?");
}

TEST(JsonTest, TheLastOfEqualKeysWins) {
  EXPECT_EQ(parse(R"({"a": 1, "a": 2})").get("a").asNumber(0), 2);
}

TEST(JsonTest, WhatTunersWriteThoughItIsNotJson) {
  EXPECT_TRUE(std::isnan(parse("NaN").asNumber(0)));
  EXPECT_TRUE(std::isinf(parse("-Infinity").asNumber(0)));
  EXPECT_EQ(parse("[1, 2,]").getElements().size(), 2u);
}

TEST(JsonTest, TextOfScalars) {
  EXPECT_EQ(parse("16").toText(), "16");
  EXPECT_EQ(parse("16.0").toText(), "16");
  EXPECT_EQ(parse("true").toText(), "true");
  EXPECT_EQ(parse("\"16\"").toText(), "16");
}

TEST(JsonTest, DamageIsFound) {
  for (const char *text :
       {"", "{", "[1", "[1 2]", "{\"a\" 1}", "{a: 1}", "\"x", "tru", "[1]]",
        "{\"a\": 1", "\"\\q\"", "\"\\u00\"", "-", ","}) {
    std::string error;
    EXPECT_FALSE(Json::parse(text, error)) << text;
    EXPECT_EQ(error.rfind("not JSON at byte ", 0), 0u) << text;
  }
  std::string error;
  EXPECT_FALSE(Json::parse(std::string(100000, '['), error)) << "no recursion";
}

TEST(JsonTest, UnclosedDocumentsLoseOnlyWhatWasCut) {
  std::string error;
  for (const char *text :
       {"{\"a\": 1, \"b\": {\"c\": 2", "{\"a\": 1, \"b\": {\"c\": 2,",
        "{\"a\": 1, \"b\": {\"c\": 2, \"d"}) {
    std::optional<Json> root = Json::parseUnclosed(text, error);
    ASSERT_TRUE(root) << text;
    EXPECT_EQ(root->get("a").asNumber(0), 1);
    EXPECT_EQ(root->get("b").get("c").asNumber(0), 2) << text;
    EXPECT_FALSE(root->get("b").has("d"));
  }
  EXPECT_FALSE(Json::parseUnclosed("{\"a\" 1", error));
}

} // namespace
