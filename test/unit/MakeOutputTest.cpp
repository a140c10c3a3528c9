// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What make prints, read.
#include "prepare/MakeOutput.h"
#include "prepare/Kconfig.h"
#include "prepare/Remedies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace cocodma;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

TEST(SimpleCommands, SplitWhereTheShellDoes) {
  EXPECT_THAT(simpleCommands("set -e; a 'x;y' \"p&q\" r\\;s && b | c; (d)"),
              ElementsAre("set -e", "a 'x;y' \"p&q\" r\\;s", "b", "c", "d"));
  EXPECT_THAT(simpleCommands(" ;; "), IsEmpty());
  // An open quote, and a last backslash.
  EXPECT_THAT(simpleCommands("a 'b;"), ElementsAre("a 'b;"));
  EXPECT_THAT(simpleCommands("a\\"), ElementsAre("a\\"));
}

TEST(UnitCommand, IsOfTheKernelAndInC) {
  auto [Object, Found] =
      unitCommand("clang -D__KERNEL__ -DA='\"b c\"' -c -o a/b.o ../a/b.c");
  EXPECT_EQ(Object, "a/b.o");
  EXPECT_EQ(Found.Unit, "../a/b.c");
  for (const char *Other :
       {"clang -c -o a.o a.c",                 // the build host's
        "clang -D__KERNEL__ -c -o a.o a.S",    // assembly
        "clang -D__KERNEL__ -S -c -o a.s a.c", // asm-offsets
        "clang -D__KERNEL__ -c a.c",           // without an object
        ""})
    EXPECT_EQ(unitCommand(Other).first, "") << Other;
}

TEST(DryRun, HasCommandsAndWhatIsGenerated) {
  DryRun Run = readDryRun(
      "m:1: update target 'd/one.o' due to: d/one.c FORCE d/table.h\n"
      "set -e; clang -D__KERNEL__ -c -o d/one.o d/one.c ; fixdep\n"
      "m:2: target 'd/table.h' does not exist\n"
      "perl > d/table.h\n"
      "m:3: update target 'd/alone.c' due to: d/alone.in\n"
      "make: *** No rule to make target 'x.h'\n");
  ASSERT_EQ(Run.Commands.size(), 1u);
  EXPECT_EQ(Run.Commands.at("d/one.o").Text,
            "clang -D__KERNEL__ -c -o d/one.o d/one.c");
  ASSERT_EQ(Run.Generated.size(), 2u);
  EXPECT_THAT(Run.Generated.at("d/table.h"), ElementsAre("d/one.o"));
  EXPECT_THAT(Run.Generated.at("d/alone.c"), IsEmpty());
}

TEST(SavedCommand, IsUnescaped) {
  EXPECT_EQ(savedCommand("savedcmd_a.o := clang -D__KERNEL__ -DA=$$B "
                         "-DC=$(pound) -DD=\\# -c -o a.o a.c; objtool a.o\n"
                         "source_a.o := a.c\n"),
            "clang -D__KERNEL__ -DA=$B -DC=# -DD=# -c -o a.o a.c");
  EXPECT_EQ(savedCommand("cmd_a.o := clang -D__KERNEL__ -c -o a.o a.c"),
            "clang -D__KERNEL__ -c -o a.o a.c");
  EXPECT_EQ(savedCommand("cmd_a.o := ld -r -o a.o b.o"), "");
  EXPECT_EQ(savedCommand(""), "");
}

TEST(Kconfig, OptionsThatAreSet) {
  constexpr char Config[] =
      "CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\nCONFIG_D=\"y\"\n";
  EXPECT_TRUE(anySet(Config, {"CONFIG_X", "CONFIG_B"}));
  EXPECT_FALSE(anySet(Config, {"CONFIG_C", "CONFIG_D", "CONFIG_"}));
  EXPECT_THAT(notTaken("# CONFIG_E is not set\nCONFIG_Y=y\nCONFIG_A=m\n"
                       "CONFIG_C=y\n",
                       Config),
              ElementsAre("CONFIG_C", "CONFIG_Y"));
}

TEST(Remedies, TellPackagesOnce) {
  EXPECT_EQ(remedyFor("x: 'gelf.h' file not found\ny: 'libelf.h' missing\n"),
            "install Debian's package libelf-dev");
  EXPECT_EQ(remedyFor("all is well"), "");
}

TEST(Remedies, ReasonIsWhatSpeaksOfErrors) {
  EXPECT_EQ(reasonOf("  CC a.o\na.c:1: error: \x1b[1mx\n  CC b.o\n"),
            "\n  a.c:1: error: \\x1B[1mx");
  EXPECT_EQ(reasonOf("one\ntwo\n"), "\n  one\n  two");
  EXPECT_EQ(reasonOf(""), "");
}

} // namespace
