// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Guarded execution of the linked program. Every path of a function is
// executed at once: a store changes a cell only where the path condition
// holds, so that conditions that belong together stay together through locals,
// fields, parameters and results. This is symbolic execution with state
// merging (Kuznetsov et al., PLDI 2012) on values guarded as in guarded value
// summaries (Xie and Aiken, "Saturn", 2005); callees are executed in place.
//
// What it is not for: deciding what a reached primitive means. It reports
// events; the judge reads them.
#ifndef COCODMA_DATAFLOW_EVALUATOR_H
#define COCODMA_DATAFLOW_EVALUATOR_H

#include "dataflow/Event.h"
#include "dataflow/Facts.h"
#include "dataflow/Fork.h"
#include "dataflow/Plan.h"
#include "dataflow/Wakers.h"

#include <map>
#include <set>

namespace cocodma {

/// What an execution needs from the one who set it up.
class EvaluatorHooks {
public:
  virtual ~EvaluatorHooks();
  /// A device was registered: the driver core may now probe it. \p At is the
  /// registering call.
  virtual void registered(const Event &At);
  /// Objects that an unknown pointer to \p Record may point to here; empty if
  /// nothing is known. \p Parent is the object that the pointer was found in
  /// (None for a parameter).
  virtual std::vector<TermId> candidates(StringIndex Record, ObjectId Parent);
  /// Where an untyped pointer that was found in the member \p Field of an
  /// object from outside, and is taken for one to a \p Record, leads; empty if
  /// nothing is known.
  virtual std::vector<TermId> keptIn(StringIndex Field, StringIndex Record);
  /// True if a call of \p Callee need not be executed: nothing that it does
  /// matters, and its result is as good as an input.
  virtual bool isIrrelevant(FunctionId Callee);
  /// True if the second round of a loop of \p Function may matter.
  virtual bool repeatsLoops(FunctionId Function);
  /// The address of a \p Record inside an object of the program was handed to
  /// somebody outside, who may give it to an operation later.
  virtual void handedPointer(StringIndex Record, TermId Pointer);
  /// \p Function, which was called from \p Caller (null: from outside), came
  /// back.
  virtual void returned(FunctionId Function, const Frame *Caller);
  /// \p Callee is called, under the condition \p Path; whether it is executed
  /// is another question.
  virtual void called(StringIndex Callee, Bdd Path);
  /// Data was copied back from a bounce slot, under the condition \p When.
  virtual void copiedBack(Bdd When);
  /// \p What, code or an address of a variable, was stored or handed to
  /// somebody outside where \p When holds; \p ForDevice: into an object that is
  /// no variable of the program, or together with one. \p Record: the address
  /// of the record in a member of which it was stored; nothing if it was handed
  /// out.
  virtual void gaveAway(TermId What, Bdd When, bool ForDevice,
                        std::optional<TermId> Record);
  /// Code was handed to somebody outside, to be called later.
  virtual void handedOut(FunctionId Code, llvm::ArrayRef<Value> Context);
  /// \p Code was stored in the \p Record at \p Pointer, or handed out together
  /// with it, where \p When holds: a parameter of that type will be this one.
  virtual void boundTo(FunctionId Code, StringIndex Record, TermId Pointer,
                       Bdd When);
  /// The address \p Pointer was stored in memory that lasts, of the object
  /// \p Into, or handed to somebody outside (None), where \p When holds. Not
  /// told of what is handed over to be stopped.
  virtual void leftFrame(TermId Pointer, ObjectId Into, Bdd When);
};

/// Hooks that forward only what prunes the execution. \p Outer may be null.
std::unique_ptr<EvaluatorHooks> quietHooks(EvaluatorHooks *Outer);

/// What the host's offers say, taken for granted in an execution.
struct OfferedId {
  /// The member of an offer that holds the id ("record.field").
  StringIndex Field = None;
  /// The bytes of the id that are not zero, by the path below that member.
  std::map<std::vector<StringIndex>, int64_t> Bytes;
};

/// Limits of one execution.
struct Budget {
  uint64_t Instructions = 120'000;
  uint64_t ProbeInstructions = 320'000; ///< For the probe of a driver.
  uint64_t WriterInstructions = 20'000; ///< For the writer of a global.
  unsigned Depth = 48;
  unsigned Alternatives = 10;  ///< Of a pointer.
  unsigned Results = 4;        ///< Pointers that a function returns.
  unsigned Numbers = 6;        ///< Alternatives of a number.
  unsigned ComparedPairs = 6;  ///< Then comparisons are decided as one.
  unsigned DecisionSize = 32;  ///< BDD nodes; larger ones are abstracted.
  unsigned ContextSize = 80;   ///< BDD nodes of a call's condition.
  unsigned PathSize = 130;     ///< BDD nodes of a block's condition.
  unsigned ValueSize = 50;     ///< BDD nodes of a guard, likewise.
  unsigned CopiedCells = 64;   ///< Larger objects are copied lazily.
  unsigned Operations = 2;     ///< Functions that a field may hold.
  unsigned CrashSize = 24;     ///< BDD nodes of where a function crashes.
  unsigned SettledCells = 400; ///< Of an object that is returned.
  unsigned DecidedRounds = 64; ///< Of a loop that looks for an offered id.
};

/// The elements of an array that a loop gets to.
struct IndexRange {
  int64_t First = 0;
  int64_t End = 0; ///< The one behind the last; the largest number: not known.
  bool has(int64_t Index) const { return Index >= First && Index < End; }
};

/// What the execution learned of terms and objects besides their values.
struct Knowledge {
  std::map<GlobalId, ObjectId> GlobalObjects;
  std::map<TermId, ObjectId> SymbolObjects;
  std::map<ObjectId, Cell> Embeddings;
  /// What a member's address was taken to be a part of, by that address.
  std::map<std::pair<TermId, StringIndex>, ObjectId> Containers;
  /// Containers of what is a part of nothing, as the head of a list: where that
  /// part would be in it, and what it is.
  std::map<ObjectId, std::pair<PathId, Cell>> Heads;
  std::map<std::pair<ObjectId, PathId>, Value> OnceValues;
  std::set<std::pair<ObjectId, PathId>> OnceLost; ///< Too much to execute.
  std::map<TermId, StringIndex> UndefinedFunctions;
  std::map<ObjectId, Value> AliasSources;
  /// How many pages of an object were shared at most; 0: not known.
  std::map<ObjectId, uint64_t> SharedPages;
  std::set<FunctionId> Visited;
  /// The indices that stand for all elements that some loop gets to.
  std::map<TermId, IndexRange> Ranges;
  /// Counters of loops after the first round, with the index of what they
  /// count; in Ranges.
  std::map<TermId, TermId> Counters;
  /// Objects of which elements were asked for whose index is not known.
  std::set<ObjectId> Indexed;
};

/// Executes functions of a program.
class Evaluator {
public:
  Evaluator(const Program &Linked, const Spec &Vocabulary, const Facts &Known,
            TermTable &Terms, Guards &Conditions);

  /// Executes \p Function with \p Arguments where \p Path holds; missing
  /// arguments become inputs. Effects go to the current memory and to
  /// events().
  Value execute(FunctionId Function, llvm::ArrayRef<Value> Arguments, Bdd Path,
                const FramePointer &Caller = nullptr, InstIndex Site = None);

  /// The memory that is read and written. Borrowed.
  void setMemory(Memory *New) { Store = New; }
  Memory *memory() const { return Store; }
  void setHooks(EvaluatorHooks *New) { Hooks = New; }
  std::vector<Event> &events() { return Events; }
  TermTable &terms() { return Terms; }
  Guards &conditions() { return Conditions; }
  const Program &program() const { return Linked; }
  void setBudget(Budget New) {
    Limits = New;
    Executed = 0;
    CutOff.clear();
  }
  /// True if the budget ran out since it was set.
  bool exhausted() const { return Executed > Limits.Instructions; }
  uint64_t executed() const { return Executed; }
  /// Functions whose calls were not executed because it ran out.
  const std::set<FunctionId> &cutOff() const { return CutOff; }
  /// Goes back to what executed() was.
  void setExecuted(uint64_t Before) { Executed = Before; }

  /// What rollBack() goes back to.
  struct Checkpoint {
    TermTable::Checkpoint Terms;
    Guards::Checkpoint Conditions;
    Knowledge Known;
    size_t Events = 0;
    Memory *Store = nullptr;
  };
  Checkpoint checkpoint() const {
    return {Terms.checkpoint(), Conditions.checkpoint(), Learned, Events.size(),
            Store};
  }
  /// Forgets all that was executed since \p To: its terms, objects, formulas
  /// and events must not be used again. Contents of memories that are older
  /// are the caller's to keep apart (by layers).
  void rollBack(const Checkpoint &To);

  /// Reads a cell as if by a load of \p Type under \p Path.
  Value load(Cell Which, TypeIndex Type, Bdd Path);
  /// Writes a cell under \p Path.
  void store(Cell Which, const Value &New, TypeIndex Type, Bdd Path);
  /// The object of a global.
  ObjectId globalObject(GlobalId Id);
  /// A new input: what a parameter or an unknown field of \p Type holds.
  Value input(TypeIndex Type, const std::string &Name, ObjectId Parent,
              StringIndex Field);
  /// The cell that a pointer term leads to, or nothing if it is none.
  std::optional<Cell> target(TermId Pointer);
  /// The state of the memory of \p Object: constant 0 private, 1 shared,
  /// 2 unknown.
  Value sharing(ObjectId Object, Bdd Path);
  /// True if \p Which is the cell of an object that sharing() reads.
  bool isSharingState(Cell Which) const {
    return StateField != None && Which.Path != 0 &&
           Terms.last(Which.Path) ==
               PathStep{PathStep::Kind::Field, StateField};
  }
  /// What the mapping \p Object shows, if it came from an aliasing primitive.
  const Value *aliasSource(ObjectId Object) const {
    auto Found = Learned.AliasSources.find(Object);
    return Found == Learned.AliasSources.end() ? nullptr : &Found->second;
  }
  /// Variables of these modules have the value of their initializer until they
  /// are written: their init functions are what is executed.
  void setInitialModules(std::set<std::string> Modules) {
    InitialModules = std::move(Modules);
  }
  /// While a driver probes a device, objects come from functions without a
  /// body because they were made there, not because they were found.
  void setProbing(bool Now) { Probing = Now; }
  /// From here on executions follow the path that \p Chooser chooses, and are
  /// exact but for loops; with null they follow all paths. Borrowed.
  void follow(PathChooser *Chooser) { Follow = Chooser; }
  /// From here on each offer of the host has the id \p Id, and loops that
  /// search tables are executed as long as each round is decided; with null
  /// what offers say is open. Borrowed.
  void assumeOffered(const OfferedId *Id) { Offered = Id; }
  /// True if \p Path is where a static key remembers whether it is on.
  bool isKeyState(PathId Path) const {
    return Path != 0 &&
           Terms.last(Path) == PathStep{PathStep::Kind::Field, KeyState};
  }
  /// True if \p Path is that of what a container holds by a key that is not a
  /// constant, and so tells devices apart.
  bool isEntryByKey(PathId Path) const {
    return Path != 0 &&
           Terms.last(Path) == PathStep{PathStep::Kind::Element, AnyIndex} &&
           isEntries(Terms.parent(Path));
  }
  /// The index of elements whose index is not a constant.
  TermId anyIndex() const { return AnyIndex; }
  /// Functions that were executed at least once.
  const std::set<FunctionId> &visited() const { return Learned.Visited; }
  /// True if a conversion in \p Id, to host-visible memory, was ever executed,
  /// also if that was taken back since.
  bool hasShared(FunctionId Id) const { return Noticed.Sharers.count(Id) != 0; }
  /// Forgets which functions were executed.
  void forgetVisited() { Learned.Visited.clear(); }
  /// Calls and reads that could not be resolved, with a count each.
  const std::map<std::string, unsigned> &losses() const {
    return Noticed.Losses;
  }
  /// What executions found and what is not taken back with them.
  struct Lasting {
    std::map<std::string, unsigned> Losses; ///< As losses().
    std::set<FunctionId> Sharers;           ///< The functions that hasShared().
  };
  /// Hands out what was found so far, and forgets it.
  Lasting takeLasting() { return std::exchange(Noticed, Lasting()); }
  /// Adds what an execution found that is not repeated.
  void addLasting(const Lasting &Other) {
    for (const auto &[What, Count] : Other.Losses)
      Noticed.Losses[What] += Count;
    Noticed.Sharers.insert(Other.Sharers.begin(), Other.Sharers.end());
  }
  /// Who writes what while others wait.
  const Wakers &wakers() const { return Wakes; }
  /// Goes back to what losses() was.
  void setLosses(std::map<std::string, unsigned> Before) {
    Noticed.Losses = std::move(Before);
  }
  /// A boolean value.
  Value boolean(Bdd When);
  /// The type of a field, from any access to it; None if never accessed.
  TypeIndex typeOfField(StringIndex Field) const {
    return Linked.typeOfField(Field);
  }

private:
  struct Activation {
    FramePointer Self;
    /// Under which condition the function was called. Conditions of blocks are
    /// relative to it: what happens in the function does not repeat it.
    Bdd Context;
    bool Abstracted = false; ///< The condition of some block was simplified.
    Bdd Full; ///< Context and the condition of the block that is running.
    const FunctionSummary *Body = nullptr;
    const Plan *Order = nullptr;
    std::vector<Value> Registers;
    std::vector<Value> Locals;
    std::vector<ObjectId> LocalObjects;
    std::vector<Bdd> In;
    std::vector<bool> Done;
    /// Where the function does not come back: a NULL pointer was followed, or
    /// a BUG() was met.
    Bdd Crashed;
    Value Returned;
    unsigned Round = 0;       ///< Rounds that are over of the innermost loop.
    std::vector<Value> Given; ///< The arguments, as they were passed.
  };

  // Evaluator.cpp: blocks and control flow.
  const Plan &planOf(FunctionId Function);
  void settleReturned(Activation &A, ObjectId FirstObject);
  void runBlocks(Activation &A, const std::vector<uint32_t> &Blocks,
                 uint32_t InLoop);
  void runLoop(Activation &A, uint32_t LoopIndex);
  /// One round of a loop that is entered under \p Entry; when it goes on.
  Bdd runRound(Activation &A, uint32_t LoopIndex, Bdd Entry);
  void runBlock(Activation &A, uint32_t Index, uint32_t InLoop, Bdd &Back);
  void terminate(Activation &A, uint32_t Index, Bdd Path, uint32_t InLoop,
                 Bdd &Back);
  void enter(Activation &A, uint32_t To, Bdd Path, uint32_t InLoop, Bdd &Back);
  void decide(Activation &A, uint32_t Index, uint32_t Successor, Bdd Path,
              Bdd Taken);
  void refine(Activation &A, InstIndex Condition, Bdd Path, Bdd When);
  /// Which side of a decision is taken where one path is followed; nothing
  /// where all are.
  std::optional<bool> sideTaken(const Activation &A, uint32_t Yes, uint32_t No,
                                Bdd When, uint32_t InLoop);
  void branch(Activation &A, uint32_t Yes, uint32_t No, Bdd Path, Bdd When,
              uint32_t InLoop, Bdd &Back);
  Bdd caseCondition(const Value &On, const SwitchCase &Case);
  /// Counters of \p L have any value where \p Path holds; \p Again: there the
  /// loop goes on.
  void loseCounters(Activation &A, const Loop &L,
                    const std::vector<Value> &Before, Bdd Path, bool Again);

  // Instructions.cpp
  void execute(Activation &A, InstIndex Index, Bdd Path);
  Value binary(const Inst &I, const Value &Left, const Value &Right, Bdd Path);
  TermId combine(const Inst &I, TermId Left, TermId Right);
  /// What \p Kind makes of the address of an allocation, which may hold flags
  /// in its lowest bits, and \p Number; nothing if it is about other bits.
  std::optional<TermId> tagged(BinaryKind Kind, TermId Pointer, int64_t Number);
  Value assembly(Activation &A, const Inst &I, Bdd Path);
  Value compare(const Inst &I, const Value &Left, const Value &Right);
  Value unary(const Inst &I, const Value &Operand);
  /// \p Operand, of type \p From, as the type of \p I.
  Value cast(const Inst &I, TypeIndex From, const Value &Operand);
  Value fieldAddress(const Inst &I, const Value &Base);
  Value elementAddress(const Inst &I, const Value &Base, const Value &Index,
                       Bdd Path);
  bool isFrameNumber(TermId Index) const;
  Value containerOf(const Inst &I, const Value &Member);
  void followed(const Value &Address, Bdd Path);
  Value loadThrough(const Value &Address, TypeIndex Type, Bdd Path);
  void storeThrough(Activation &A, InstIndex Index, Bdd Path);

  // RecordCopies.cpp
  /// One of the records that a copy may be of.
  struct CopySource {
    Cell Out;
    Bdd When;    ///< It is that one, and copied.
    bool Large;  ///< Its cells are too many to be copied.
    bool IsLeft; ///< The cells that it would replace stay as they are.
  };
  std::vector<CopySource> sourcesOf(Cell Into, const Value &From, Bdd Path);
  /// What a cell becomes that is part of a copied record.
  struct CopiedCell {
    Value New;
    TypeIndex Type;
    Bdd When;
  };
  void copyObject(const Value &To, const Value &From, Bdd Path);
  /// The cells that are \p Where, or are in it, and were written.
  std::vector<PathId> pathsBelow(Cell Where) const;
  void zeroObject(const Value &To, Bdd Path);

  // Merging.cpp
  Value widen(const std::string &What, const Value &Lost);
  /// As limited(), for what a function returns: its pointers stay.
  Value limitedResults(Value V, Bdd Path, const std::string &What);
  /// What of \p V are constants, unless they are many, and the rest.
  std::pair<Value, Value> constantsOf(const Value &V);
  Value widenNumbers(Value V, const std::string &What);
  /// \p Rest, of which a part was overwritten, with fewer alternatives.
  Value simplifiedRest(const std::string &What, const Value &Rest);
  /// One number that is zero where one of \p Lost is.
  Value zeroOrNot(const std::string &What, const Value &Lost);
  /// Makes one of several error codes; gives how many fewer there are.
  unsigned joinErrors(Value &V);
  Value limited(Value V, Bdd Path, const std::string &What);
  /// What a variable holds that is written where \p Path holds and nowhere
  /// before: \p V. Where it was not written some alternative holds as well, so
  /// that no comparison with it comes out as if it were none of them.
  Value extended(const Value &V, Bdd Path);
  Value merged(Bdd Path, const Value &New, const Value &Old,
               const std::string &What);

  // Objects.cpp
  Cell canonical(Cell Which);
  Value defaultOf(Cell Which, TypeIndex Type, Bdd Path);
  Value globalDefault(Cell Which, TypeIndex Type);
  /// The record that declares the field at the end of \p Path, if there is one.
  StringIndex recordOfField(PathId Path) const;
  std::optional<Value> initialValue(const GlobalEntity &Global, PathId Path);
  std::optional<Value> writtenOnce(GlobalId Id, Cell Which, TypeIndex Type,
                                   const Value &Initial);
  /// True if what \p Path leads to, as \p By filled it, is at the end of too
  /// many copies.
  bool isTooDeep(PathId Path, const Fill &By) const;
  /// The term that an address was computed from.
  TermId rootOf(TermId Address) const;
  /// True if \p Function is called for an option of the kernel's command line
  /// only, and none is assumed to be given.
  bool isUnusedOption(FunctionId Function) const;
  bool isWritten(GlobalId Id, PathId Path) const;
  /// The memory behind an address kept as a number, if it was ever converted.
  std::optional<Cell> convertedBehind(TermId Address) const;
  TermId typed(TermId Pointer, TypeIndex Type);
  ObjectId objectOfSymbol(TermId Symbol);
  PathId pathOf(const std::vector<StringIndex> &Steps);

  // Unions.cpp: members that share their bytes.
  /// The bits of a cell in the record around its outermost union.
  struct BitSpan {
    PathId Record = 0;
    uint64_t First = 0, Bits = 0; ///< 0 bits: not known where.
    TypeIndex Type = None;
  };
  BitSpan spanOf(PathId Path) const;
  static bool overlap(const BitSpan &L, const BitSpan &R);
  /// True if the paths part at two members of a union that share bits.
  bool partInUnion(PathId L, PathId R) const;
  /// What the bits of \p To are, which were \p Old, now that those of \p From
  /// are \p New.
  Value throughUnion(const BitSpan &To, const Value &Old, const BitSpan &From,
                     const Value &New);
  TermId extractBits(TermId From, const BitSpan &Source, const BitSpan &Part);
  TermId insertBits(TermId Into, const BitSpan &Whole, TermId New,
                    const BitSpan &Part);
  /// Changes the cells that share bytes with \p Which, which became \p New.
  void shareBytes(Cell Which, const Value &New, Bdd Path);
  /// \p Before, which \p Which holds if nobody wrote to its bytes, with what
  /// was written to them under other names.
  Value readShared(Cell Which, Value Before);
  /// Where the flags of a call hold P.Flag.
  Bdd hasFlag(const Primitive &P, llvm::ArrayRef<Value> Arguments);
  // Containers.cpp
  /// Pointers to the entries of the containers that are the address.
  std::vector<Guarded> entriesOf(const Primitive &P,
                                 llvm::ArrayRef<Value> Arguments);
  /// Pointers to the one of the key, in \p Entries.
  Value entryAt(TermId Entries, const Primitive &P,
                llvm::ArrayRef<Value> Arguments);
  bool isEntries(PathId Path) const {
    return Path != 0 && Terms.last(Path) ==
                            PathStep{PathStep::Kind::Field, ContainerEntries};
  }
  /// True if anything was put in, as far as is known here.
  bool isFilled(TermId Entries) const;
  Value putIn(Activation &A, InstIndex Index, const Primitive &P,
              llvm::ArrayRef<Value> Arguments, Bdd Path);
  Value lookUp(Activation &A, InstIndex Index, const Primitive &P,
               llvm::ArrayRef<Value> Arguments, Bdd Path);
  Value takeOut(Activation &A, InstIndex Index, const Primitive &P,
                llvm::ArrayRef<Value> Arguments, Bdd Path);
  // Elements.cpp
  Value loadElement(Cell Which, TypeIndex Type, Bdd Path);
  /// \p Result, which a cell that nobody wrote held at first, as fills left it.
  Value filled(Cell Which, TypeIndex Type, Value Result, Bdd Path);
  void storeElement(Cell Which, const Value &New, TypeIndex Type, Bdd Path);
  bool hasElement(PathId Path);
  /// True if other cells may be the same element as \p Which.
  bool mayOverlap(Cell Which);
  /// Other cells of the same element, and when they are: those that a write to
  /// \p Which (\p Writes) changes, or those that hold what is read.
  std::vector<std::pair<Cell, Bdd>> overlapping(Cell Which, bool Writes);
  /// What \p Index, if it stands for all elements that a loop gets to, stands
  /// for; else null.
  const IndexRange *rangeOf(TermId Index) const;
  bool hasRange(PathId Path) const;
  /// Where what was written to the element \p Written is in the one \p Read.
  Bdd reaches(TermId Written, TermId Read);
  /// How paths name the element at \p Index.
  TermId elementIndex(TermId Index) const;
  std::optional<int64_t> constantValue(const Value &V) const;
  /// The first number that \p L does not count to; the largest one if that is
  /// not known.
  int64_t endOf(const Activation &A, const Loop &L) const;
  /// \p Any stands for the values of a counter after the first round, in which
  /// it went from \p Before to \p Now.
  void noteCounter(const Activation &A, const Loop &L, const Value &Before,
                   const Value &Now, TermId Any);
  /// True if \p Path leads to an element of an array, or into one.
  bool isInArray(PathId Path) const;
  /// A block of a loop was left for one side where \p When holds.
  void noteGoingOn(const Activation &A, uint32_t Index, uint32_t InLoop,
                   Bdd When);
  /// \p When, under which the cell at \p Path is written, without what only
  /// says that the loops that run have not come to their end.
  Bdd wholeRange(PathId Path, Bdd When);

  // Calls.cpp
  Value call(Activation &A, InstIndex Index, Bdd Path);
  Value callNamed(Activation &A, InstIndex Index, FunctionId Target,
                  llvm::StringRef Name, llvm::ArrayRef<Value> Arguments,
                  Bdd Path);
  Value callThrough(Activation &A, InstIndex Index, const Value &Callee,
                    llvm::ArrayRef<Value> Arguments, Bdd Path);
  /// Notes that the callee, a member of DMA operations, is NULL.
  void noteNullCall(Activation &A, InstIndex Index,
                    llvm::ArrayRef<Value> Arguments, Bdd Path);
  llvm::ArrayRef<FunctionId> operations(TermId Pointer);
  Value external(Activation &A, InstIndex Index, llvm::StringRef Name,
                 llvm::ArrayRef<Value> Arguments, Bdd Path);
  std::optional<Value> sameMemory(const Inst &I,
                                  llvm::ArrayRef<Value> Arguments);

  // Known.cpp: comparisons with ids, static keys, and pools without a body.
  /// Whether a static key is on that nothing turned which was executed.
  TermId keyState(const std::string &Name);
  Bdd staticKey(Activation &A, const Block &B, Bdd Path, unsigned &Labels);
  std::map<std::vector<StringIndex>, int64_t> constantBytes(GlobalId Global,
                                                            PathId Path);
  std::optional<Value> compared(const Primitive &P,
                                llvm::ArrayRef<Value> Arguments);
  std::optional<Value> comparedTexts(const Primitive &P,
                                     llvm::ArrayRef<Value> Arguments);
  std::optional<Value> pooled(Activation &A, InstIndex Index,
                              llvm::StringRef Name,
                              llvm::ArrayRef<Value> Arguments, Bdd Path);
  Value takenFromPool(Activation &A, InstIndex Index, const PoolFunction &How,
                      llvm::ArrayRef<Value> Arguments, Bdd Path);

  // Calls.cpp
  void mayBounce(Activation &A, InstIndex Index, llvm::StringRef Name,
                 llvm::ArrayRef<Value> Arguments, Bdd Path);
  bool lasts(ObjectId Id) const;
  /// \p Into: the record in which it was stored, if it was.
  void noteGivenAway(const Value &What, Bdd When, bool ForDevice,
                     std::optional<TermId> Into = std::nullopt);
  void noteBound(const Value &What, Cell Where, Bdd Path);
  /// Pointers in \p What leave the frames that run, for \p Into.
  void noteLeft(const Value &What, ObjectId Into, Bdd Path);
  void handOut(FunctionId Code, llvm::ArrayRef<Value> Arguments, size_t At,
               Bdd Path);
  void noteHandedOver(const Inst &I, llvm::ArrayRef<Value> Arguments, Bdd Path);
  void runCallbacks(Activation &A, InstIndex Index,
                    llvm::ArrayRef<Value> Arguments, Bdd Path);
  /// Whether a function without a body decides what must not be guessed: about
  /// a device of a class, or anything, where one unit is all there is.
  bool isLostPredicate(const Inst &I, llvm::ArrayRef<Value> Arguments);
  bool onStack(const FramePointer &Top, FunctionId Function, unsigned Times);
  Value fact(FactId Id);
  /// The address of a function without a body in the database.
  TermId undefinedFunction(StringIndex Name);

  // Fills.cpp
  Value fill(const Primitive &P, llvm::ArrayRef<Value> Arguments, Bdd Path);
  /// A number of type \p Number all of whose bytes are \p Byte.
  TermId repeated(TermId Byte, TypeIndex Number);
  /// Whatever was filled in at \p Where, as if copied from a record that nobody
  /// knows.
  void fillIn(Cell Where, const std::string &Name, Bdd Path);
  /// Sets what is at \p Where to the bytes \p Byte, where \p When holds.
  void fillCells(Cell Where, const Value &Byte, std::optional<int64_t> Size,
                 Bdd When);

  // Registration.cpp
  /// Where \p Path holds, a call of \p P registers a device: lets the function
  /// do what comes before the first probe. Gives the condition under which it
  /// gets there; \p Path, and nothing is done, if its code is not known or does
  /// not say when.
  Bdd runUntilProbe(Activation &A, InstIndex Index, const Primitive &P,
                    llvm::ArrayRef<Value> Arguments, Bdd Path);
  /// An execution that ends where a function is called.
  struct Stopover {
    StringIndex Name = None;       ///< Of that function.
    Bdd When;                      ///< Where it was reached.
    std::unique_ptr<Memory> State; ///< As it was there; null if it was not.
  };
  /// Whether a device is, or may be, in a record of one of the spec's classes.
  bool isOfClass(const Value &Device);
  /// Ends the execution that is on its way to \p Name, if one is.
  bool arrived(StringIndex Name, Bdd Path);

  // Primitives.cpp
  Value primitive(Activation &A, InstIndex Index, const Primitive &P,
                  llvm::ArrayRef<Value> Arguments, Bdd Path);
  /// True if \p Size, a number of bytes, is always a multiple of a page.
  bool isPageMultiple(TermId Size) const;
  /// How many pages of its own \p New, that \p P allocates, has.
  void countPages(const Primitive &P, llvm::ArrayRef<Value> Arguments,
                  Object &New) const;
  Value allocate(Activation &A, InstIndex Index, const Primitive &P,
                 llvm::ArrayRef<Value> Arguments, Bdd Path);
  /// Makes the static calls of \p Key go to \p Function.
  void setTarget(const Value &Key, const Value &Function, Bdd Path);
  /// A free of \p P: events; what it returns.
  Value release(Activation &A, InstIndex Index, const Primitive &P,
                llvm::ArrayRef<Value> Arguments, Bdd Path);

  // Conversions.cpp
  bool isInLoop(FunctionId Function, InstIndex At);
  /// Notes that \p Pages of \p Id become shared.
  void countShared(ObjectId Id, const Value &Pages);
  bool isPart(const Activation &A, InstIndex Index, TermId Address,
              const Value &Pages);
  Value convert(Activation &A, InstIndex Index, const Primitive &P,
                llvm::ArrayRef<Value> Arguments, Bdd Path);

  // Primitives.cpp
  Value alias(Activation &A, InstIndex Index, const Primitive &P,
              llvm::ArrayRef<Value> Arguments, Bdd Path);
  void noteMapping(Activation &A, InstIndex Index, StringIndex Name,
                   llvm::ArrayRef<Value> Arguments, Bdd Path);
  void bounce(Activation &A, InstIndex Index, const Primitive &P,
              llvm::ArrayRef<Value> Arguments, Bdd Path);
  /// Where the element is that \p Store copies to the same index of another
  /// array, as a loop does with data; null if it does something else.
  const Value *elementCopied(const Activation &A, const Inst &Store) const;
  /// A record or an element of an array is assigned: a copy, if it is data.
  void dataAssigned(Activation &A, InstIndex Index, const Value &To,
                    const Value &From, Bdd Path);
  void copied(Activation &A, InstIndex Index, const Value &To,
              const Value &From, Bdd Path);
  Event &note(EventKind Kind, Activation &A, InstIndex Index, Bdd Path);
  void noteWrite(Activation &A, InstIndex Index, Cell Which, const Value &New,
                 Bdd Path);
  /// What is written while the code waits for \p Completion.
  void awaited(const Value &Completion, Bdd Path);
  /// What a primitive that changes a bit gives and does.
  Value bitOperation(Activation &A, const Inst &I, const Primitive &P,
                     llvm::ArrayRef<Value> Arguments, Bdd Path);
  Value argument(const Primitive &P, Role Which,
                 llvm::ArrayRef<Value> Arguments) const;
  Value ownerInScope();
  Bdd isDecrypted(const Value &Protection, Bdd Path);

  const Program &Linked;
  const Spec &Vocabulary;
  const Facts &Known;
  TermTable &Terms;
  Guards &Conditions;
  BoundedFormulas &B;
  Wakers Wakes;
  Knowledge Learned;
  Lasting Noticed;
  Memory *Store = nullptr;
  /// What executions that ended half-way left.
  std::vector<std::unique_ptr<Memory>> Kept;
  Stopover *Until = nullptr;
  EvaluatorHooks *Hooks = nullptr;
  PathChooser *Follow = nullptr;
  const OfferedId *Offered = nullptr;
  unsigned Compared = 0; ///< Comparisons with Offered so far.
  std::vector<Event> Events;
  Budget Limits;
  uint64_t Executed = 0;
  std::set<FunctionId> CutOff;
  uint32_t Sequence = 0;
  unsigned CopiesBehind = 0; ///< Copies that the load at hand looked behind.
  std::vector<Activation *> Stack;
  std::map<FunctionId, Plan> Plans;
  std::set<std::pair<ObjectId, PathId>> OnceRunning;
  llvm::DenseMap<StringIndex, const Primitive *> Primitives;
  /// What map memory for a device and take the mapping back, by name.
  llvm::DenseMap<StringIndex, const AttributedFunction *> Mappings;
  llvm::DenseMap<StringIndex, uint8_t> NameClasses;
  std::set<StringIndex> MarkerFields;
  std::set<StringIndex> KeptFields; ///< Markers, and what they are made of.
  /// Where the instruction that was executed last did not come back.
  Bdd Stopped;
  /// Where the instruction that is executed is reached: what it computes is
  /// looked at nowhere else.
  Bdd Here;
  /// Where the loops that run go on, as their counters tell.
  Bdd GoingOn;
  const FunctionSummary *CallerBody = nullptr;
  const Inst *CallerInst = nullptr;
  bool Probing = false;
  /// All members of a union are written, each with what it is then: none is
  /// to be computed from another.
  bool WholeUnions = false;
  StringIndex StateField = None;
  StringIndex KeyState = None; ///< Whether a static key is on.
  /// Where set-up functions of the spec keep the code.
  std::map<const Primitive *, StringIndex> SetUpMembers;
  StringIndex ContainerEntries = None;
  StringIndex PoolDevice = None; ///< The device of a pool.
  StringIndex DmaAddressType = None;
  TermId DecryptedMark = 0;
  TermId AnyIndex = 0;
  std::set<std::string> InitialModules;
};

} // namespace cocodma

#endif // COCODMA_DATAFLOW_EVALUATOR_H
