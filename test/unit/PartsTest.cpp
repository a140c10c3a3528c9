// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parts of the execution: that what several found is put together as if it had
// been found at once, that it survives being written, and that fingerprints
// change with what they stand for and with nothing else.
#include "tree/PartArchive.h"
#include "tree/UnitFingerprints.h"

#include <gtest/gtest.h>

using namespace cocodma;

namespace {

/// A unit with one function of \p Name that calls \p Callee and writes to the
/// field "record.flag".
UnitSummary unit(const std::string &Source, const std::string &Name,
                 const std::string &Callee, uint32_t Line = 1) {
  UnitSummary Result;
  Result.Source = Source;
  Result.Module = Source;
  Result.Strings = {Name, Callee, "record.flag"};
  FunctionSummary Function;
  Function.Name = 0;
  Inst Call, Field, Value, Store;
  Call.Op = Opcode::Call;
  Call.Name = 1;
  Call.B = Call.C = 0;
  Field.Op = Opcode::FieldAddress;
  Field.Name = 2;
  Field.A = 0;
  Value.Op = Opcode::Constant;
  Value.Value = 1;
  Store.Op = Opcode::Store;
  Store.A = 1;
  Store.B = 2;
  Function.Insts = {Call, Field, Value, Store};
  for (Inst &I : Function.Insts)
    I.Line = Line;
  Function.Blocks.emplace_back();
  Function.Blocks.back().End = 4;
  Function.Blocks.back().Line = Line;
  Function.Blocks.back().Kind = Terminator::Return;
  Result.Functions.push_back(Function);
  return Result;
}

/// A linked program and the fingerprints of what is in it.
struct Tree {
  explicit Tree(std::vector<UnitSummary> Units) {
    std::vector<uint64_t> Contents;
    for (UnitSummary &Unit : Units) {
      Contents.push_back(contentHash(Unit));
      Linked.add(std::move(Unit));
    }
    Linked.link();
    Prints = std::make_unique<UnitFingerprints>(
        Linked, std::move(Contents),
        KnownBeforehand{
            [](FunctionId) { return 0; }, [](llvm::StringRef) { return 0; },
            [](StringIndex) { return std::vector<StringIndex>(); }});
  }
  StringIndex flag() const { return Linked.find("record.flag"); }

  Program Linked;
  std::unique_ptr<UnitFingerprints> Prints;
};

Finding finding(const std::string &Message) {
  Finding Result;
  Result.Check = "coco-bounce";
  Result.Message = Message;
  Result.Location = {"driver.c", 7, 3, "probe"};
  Result.Trace = {{"call", {"driver.c", 8, 1, "probe"}, "calls"}};
  return Result;
}

Place place(FunctionId Function, const std::string &Leak) {
  Place Result;
  Result.Key = "driver.c:7:3:map";
  Result.Location = {"driver.c", 7, 3, "probe"};
  Result.Function = Function;
  Result.At = 3;
  Result.Kind = "map";
  Result.ByProfile.resize(1);
  if (!Leak.empty()) {
    Result.ByProfile[0].Leak = true;
    Result.Leak = finding(Leak);
  }
  return Result;
}

} // namespace

TEST(Fingerprints, StayWhereNothingChanged) {
  Tree Left({unit("a.c", "first", "second"), unit("b.c", "second", "none")});
  Tree Right({unit("a.c", "first", "second"), unit("b.c", "second", "none")});
  EXPECT_EQ(Left.Prints->of(0), Right.Prints->of(0));
  EXPECT_EQ(Left.Prints->of(1), Right.Prints->of(1));
}

TEST(Fingerprints, OfAUnitDoNotHangOnTheBodiesOfOthers) {
  Tree Left({unit("a.c", "first", "second"), unit("b.c", "second", "none")});
  Tree Right({unit("a.c", "first", "second"), unit("b.c", "second", "other")});
  EXPECT_EQ(Left.Prints->of(0), Right.Prints->of(0));
  EXPECT_NE(Left.Prints->of(1), Right.Prints->of(1));
}

TEST(Fingerprints, OfAUnitHangOnWhoIsCalled) {
  Tree Left({unit("a.c", "first", "second"), unit("b.c", "second", "none")});
  Tree Right({unit("a.c", "first", "second"), unit("b.c", "third", "none")});
  EXPECT_NE(Left.Prints->of(0), Right.Prints->of(0));
}

TEST(Fingerprints, OfWritersHangOnWhoWrites) {
  Tree Left({unit("a.c", "first", "none")});
  Tree More({unit("a.c", "first", "none"), unit("b.c", "second", "none")});
  EXPECT_NE(Left.Prints->writers(Left.flag()),
            More.Prints->writers(More.flag()));
  EXPECT_EQ(Left.Prints->of(0), More.Prints->of(0));
}

TEST(Fingerprints, OfWhatAFunctionDoesDoNotHangOnItsLines) {
  Tree Left({unit("a.c", "first", "none", 1)});
  Tree Moved({unit("a.c", "first", "none", 2)});
  Tree Other({unit("a.c", "first", "some", 1)});
  EXPECT_EQ(Left.Prints->inspected(0), Moved.Prints->inspected(0));
  EXPECT_NE(Left.Prints->inspected(0), Other.Prints->inspected(0));
  EXPECT_NE(Left.Prints->of(0), Moved.Prints->of(0));
}

TEST(Fingerprints, OfAUnitDoNotHangOnWhereItsFunctionsStand) {
  Tree Left({unit("a.c", "first", "none", 1)});
  UnitSummary Lower = unit("a.c", "first", "none", 8);
  Lower.Functions[0].Line = 7;
  Tree Moved({Lower});
  EXPECT_EQ(Left.Prints->of(0), Moved.Prints->of(0));
}

TEST(ReadLog, NotesWhatIsLookedAt) {
  Tree T({unit("a.c", "first", "second"), unit("b.c", "second", "none")});
  ReadLog Log;
  Log.Units.resize(2);
  ReadLog *Outer = T.Linked.noteReads(&Log);
  EXPECT_EQ(Outer, nullptr);
  T.Linked.peek(0);
  T.Linked.function(1);
  T.Linked.inspect(0);
  EXPECT_EQ(T.Linked.writesOf(T.flag()).size(), 2u);
  T.Linked.noteReads(Outer);
  T.Linked.function(0);
  EXPECT_FALSE(Log.Units.test(0));
  EXPECT_TRUE(Log.Units.test(1));
  EXPECT_EQ(Log.Inspected, std::set<FunctionId>{0});
  EXPECT_EQ(Log.Writers, std::set<StringIndex>{T.flag()});
}

TEST(Contribution, KeepsTheFirstWitness) {
  Contribution All, Second;
  All.Places.emplace("driver.c:7:3:map", place(0, ""));
  All.Places.at("driver.c:7:3:map").ByProfile[0].Lost = 2;
  Second.Places.emplace("driver.c:7:3:map", place(0, "second"));
  All.add(Second);
  Contribution Third;
  Third.Places.emplace("driver.c:7:3:map", place(0, "third"));
  All.add(Third);
  const Place &Found = All.Places.at("driver.c:7:3:map");
  EXPECT_TRUE(Found.ByProfile[0].Leak);
  EXPECT_EQ(Found.ByProfile[0].Lost, 2u);
  EXPECT_EQ(Found.Leak->Message, "second");
}

TEST(Contribution, SaysTheSameProblemOnce) {
  Contribution All, Later;
  All.Problems["class"] = {"budget"};
  Later.Problems["class"] = {"budget", "other"};
  All.CutOff["class"][1] = {2};
  Later.CutOff["class"][1] = {3};
  All.add(Later);
  EXPECT_EQ(All.Problems.at("class"),
            (std::vector<std::string>{"budget", "other"}));
  EXPECT_EQ(All.CutOff.at("class").at(1), (std::set<FunctionId>{2, 3}));
}

TEST(Contribution, DropsALooseFindingThatIsThere) {
  Contribution All, Later;
  All.Loose.push_back({0, 3, "x()", finding("late")});
  All.Ineffective[{0, 3}] = {"late"};
  Later = All;
  Later.Loose.push_back({0, 4, "y()", finding("late")});
  Later.Ineffective[{0, 4}] = {"late"};
  All.add(Later);
  EXPECT_EQ(All.Loose.size(), 2u);
}

class ArchiveTest : public testing::Test {
protected:
  ArchiveTest()
      : Now({unit("a.c", "first", "second"), unit("b.c", "second", "none")}),
        Later({unit("new.c", "zero", "none"), unit("a.c", "first", "second"),
               unit("b.c", "second", "none")}) {
    Found.Verdicts.Places.emplace("driver.c:7:3:map", place(1, "leaks"));
    Found.Verdicts.Mappings.Reached.insert({1, 3});
    Found.Engine.Losses["something"] = 3;
    Found.Engine.Sharers.insert(0);
    LookedAt = {{Consulted::Kind::Unit, "a.c\ta.c", 17}};
    Bytes = serializePart("key", Found, LookedAt, ProgramNames(Now.Linked));
  }
  std::optional<PartResult> read(llvm::StringRef Text, bool Fits = true,
                                 llvm::StringRef Key = "key") {
    return deserializePart(Key, Text, ProgramNames(Later.Linked), Damaged,
                           [&](const std::vector<Consulted> &Then) {
                             Seen = Then;
                             return Fits;
                           });
  }

  Tree Now, Later; ///< Functions have other numbers in the second one.
  PartResult Found;
  std::vector<Consulted> LookedAt, Seen;
  std::string Bytes;
  bool Damaged = false;
};

TEST_F(ArchiveTest, MeansTheSameInAnotherProgram) {
  std::optional<PartResult> Back = read(Bytes);
  ASSERT_TRUE(Back);
  EXPECT_FALSE(Damaged);
  ASSERT_EQ(Seen.size(), 1u);
  EXPECT_EQ(Seen[0].Fingerprint, 17u);
  const Place &Where = Back->Verdicts.Places.at("driver.c:7:3:map");
  EXPECT_EQ(Later.Linked.functionName(Where.Function), "second");
  EXPECT_EQ(Where.Leak->Trace[0].Location.Line, 8u);
  EXPECT_EQ(Back->Verdicts.Mappings.Reached.begin()->first, Where.Function);
  EXPECT_EQ(Later.Linked.functionName(*Back->Engine.Sharers.begin()), "first");
  EXPECT_EQ(Back->Engine.Losses.at("something"), 3u);
}

TEST_F(ArchiveTest, MovesPlacesWithTheirFunction) {
  // "second" stands four lines further down than when the part was written.
  UnitSummary Lower = unit("b.c", "second", "none");
  Lower.Functions[0].Line = 4;
  Tree Moved({unit("a.c", "first", "second"), Lower});
  Place Site = place(1, "leaks");
  Site.Location = {"driver.c", 7, 3, "second", 1};
  Site.Barrier = {"branch", {"driver.c", 6, 1, "second", 1}, "a branch"};
  Site.Leak->Location.Within = 1;
  Site.Leak->Trace[0].Location.Within = 1;
  PartResult Part;
  Part.Verdicts.Places.emplace(Site.Key, Site);
  Part.Verdicts.Undecided.push_back({Site.Key, 0, {}, {}, {}, *Site.Leak});
  std::string Text = serializePart("key", Part, {}, ProgramNames(Now.Linked));
  std::optional<PartResult> Back =
      deserializePart("key", Text, ProgramNames(Moved.Linked), Damaged,
                      [](const std::vector<Consulted> &) { return true; });
  ASSERT_TRUE(Back);
  const Place &Where = Back->Verdicts.Places.at("driver.c:11:3:map");
  EXPECT_EQ(Where.Key, "driver.c:11:3:map");
  EXPECT_EQ(Where.Location.Line, 11u);
  EXPECT_EQ(Where.Barrier->Location.Line, 10u);
  EXPECT_EQ(Where.Leak->Location.Line, 11u);
  EXPECT_EQ(Where.Leak->Trace[0].Location.Line, 12u);
  EXPECT_EQ(Back->Verdicts.Undecided[0].Place, "driver.c:11:3:map");
  EXPECT_EQ(Back->Verdicts.Undecided[0].Draft.Location.Line, 11u);
}

TEST_F(ArchiveTest, IsNotTakenWhereSomethingChanged) {
  EXPECT_FALSE(read(Bytes, /*Fits=*/false));
  EXPECT_FALSE(Damaged);
}

TEST_F(ArchiveTest, KnowsWhatIsDamagedOrOfAnother) {
  for (size_t Size :
       {size_t(0), size_t(7), Bytes.size() / 2, Bytes.size() - 1}) {
    EXPECT_FALSE(read(Bytes.substr(0, Size)));
    EXPECT_TRUE(Damaged) << Size;
  }
  std::string Flipped = Bytes;
  Flipped[Flipped.size() / 2] ^= 4;
  EXPECT_FALSE(read(Flipped));
  EXPECT_TRUE(Damaged);
  EXPECT_FALSE(read(Bytes, true, "another key"));
  EXPECT_TRUE(Damaged);
}

TEST_F(ArchiveTest, IsNotWrittenWithoutNames) {
  // Two functions of one name in one unit: nobody could tell which one it is.
  UnitSummary Twice = unit("a.c", "first", "none");
  Twice.Functions.push_back(Twice.Functions[0]);
  Tree T({Twice});
  PartResult Second;
  Second.Engine.Sharers.insert(1);
  EXPECT_EQ(serializePart("key", Second, {}, ProgramNames(T.Linked)), "");
}
