// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which functions of headers a unit may use, and that a unit is the same
// whether the bodies of the others were skipped or not.
#include "frontend/HeaderNames.h"

#include "frontend/UnitParser.h"
#include "summary/Serialization.h"

#include "llvm/Support/VirtualFileSystem.h"
#include "gtest/gtest.h"

using namespace cocodma;

namespace {

class HeaderNamesTest : public testing::Test {
protected:
  void add(const char *Path, const char *Text) {
    Files->addFile(Path, 0, llvm::MemoryBuffer::getMemBuffer(Text));
  }
  UsableNames names() { return HeaderNames(Files).of(Job); }
  UnitSummary parsed(const UsableNames *Usable) {
    llvm::Expected<UnitSummary> Unit =
        parseUnit(Job, {}, Files, nullptr, Usable);
    if (Unit)
      return std::move(*Unit);
    ADD_FAILURE() << llvm::toString(Unit.takeError());
    return {};
  }

  llvm::IntrusiveRefCntPtr<llvm::vfs::InMemoryFileSystem> Files =
      llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  CompileJob Job{"/k/drivers/unit.c",
                 "/k",
                 {"clang", "-fsyntax-only", "-I./include", "/k/drivers/unit.c"},
                 ""};
};

TEST_F(HeaderNamesTest, WhatUsedFunctionsUseIsUsedAsWell) {
  add("/k/include/a.h", "#include \"b.h\"\n"
                        "static inline int outer(int x)\n"
                        "{\n"
                        "  return MACRO(x);\n"
                        "}\n"
                        "static inline int unused(int x)\n"
                        "{\n"
                        "  return only_there(x);\n"
                        "}\n");
  add("/k/include/b.h", "static inline int inner(int x) { return x; }\n"
                        "static inline int only_there(int x) { return x; }\n"
                        "#define MACRO(x) \\\n"
                        "  inner(x)\n");
  add("/k/drivers/unit.c", "#include <a.h>\n"
                           "int f(int x) { return outer(x); }\n");
  UsableNames Names = names();
  EXPECT_TRUE(Names.contains("outer", false));
  EXPECT_TRUE(Names.contains("inner", false));
  EXPECT_FALSE(Names.contains("unused", false));
  EXPECT_FALSE(Names.contains("only_there", false));
  EXPECT_EQ(serialize(parsed(&Names)), serialize(parsed(nullptr)));
}

TEST_F(HeaderNamesTest, WhatStandsBesideTheMainFileCounts) {
  add("/k/include/a.h", "static inline int used(int x) { return x; }\n");
  add("/k/drivers/own.h", "#include <a.h>\n"
                          "static inline int own(int x) { return used(x); }\n");
  add("/k/drivers/unit.c", "#include \"own.h\"\nint g;\n");
  EXPECT_TRUE(names().contains("used", false));
}

TEST_F(HeaderNamesTest, NamesThatMacrosPasteTogether) {
  add("/k/include/a.h",
      "static inline void lock_it(int *l) { *l = 1; }\n"
      "static inline int get_small(int x) { return x; }\n"
      "#define DEFINE(name, code) \\\n"
      "  static inline void made_##name##_begin(int *l) { code; }\n"
      "#define BEGIN(name) made_##name##_begin\n"
      "#define get(kind) get_##kind\n"
      "DEFINE(guard, lock_it(l))\n");
  add("/k/drivers/unit.c", "#include <a.h>\n"
                           "int f(int *l, int x) {\n"
                           "  BEGIN(guard)(l);\n"
                           "  return get(small)(x);\n"
                           "}\n");
  UsableNames Names = names();
  EXPECT_TRUE(Names.contains("made_guard_begin", /*IsPasted=*/true));
  EXPECT_FALSE(Names.contains("made_guard_end", /*IsPasted=*/true));
  EXPECT_TRUE(Names.contains("lock_it", false));
  EXPECT_TRUE(Names.contains("get_small", false));
  EXPECT_EQ(serialize(parsed(&Names)), serialize(parsed(nullptr)));
}

TEST_F(HeaderNamesTest, TextBetweenConditionsNeedNotBeBalanced) {
  add("/k/include/a.h", "static inline int first(int x)\n"
                        "{\n"
                        "#ifdef WIDE\n"
                        "  if (x > 1) {\n"
                        "#else\n"
                        "  if (x > 2) {\n"
                        "#endif\n"
                        "  }\n"
                        "  return x;\n"
                        "}\n"
                        "static inline int helper(int x) { return x; }\n"
                        "static inline int second(int x)\n"
                        "{\n"
                        "  return helper(x); /* not } this */\n"
                        "}\n");
  add("/k/drivers/unit.c", "#include <a.h>\n"
                           "int f(int x) { return second(x); }\n");
  UsableNames Names = names();
  EXPECT_TRUE(Names.contains("helper", false));
  EXPECT_FALSE(Names.contains("first", false));
}

TEST_F(HeaderNamesTest, ABodyThatIsUsedAfterAllIsAnError) {
  add("/k/include/a.h", "static inline int used(int x) { return x; }\n");
  add("/k/drivers/unit.c", "#include <a.h>\n"
                           "int f(int x) { return used(x); }\n");
  const UsableNames Nothing;
  llvm::Expected<UnitSummary> Unit =
      parseUnit(Job, {}, Files, nullptr, &Nothing);
  EXPECT_TRUE(Unit.errorIsA<LackingBodies>());
  llvm::consumeError(Unit.takeError());
}

} // namespace
