// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a variable of the program holds before the execution writes to it: what
// it is initialized with, what one or two functions write to it, or a fact.
#include "dataflow/Evaluator.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

std::optional<Value> Evaluator::initialValue(const GlobalEntity &Global,
                                             PathId Path) {
  if (!Global.Definition)
    return std::nullopt;
  for (const InitializerEntry &Entry : Global.Definition->Initializer) {
    if (pathOf(Entry.Path) != Path)
      continue;
    switch (Entry.What) {
    case InitializerEntry::Kind::Integer:
      return always(Conditions, Terms.constant(Entry.Value));
    case InitializerEntry::Kind::String:
      return always(Conditions, Terms.string(Entry.Name));
    case InitializerEntry::Kind::Function: {
      FunctionId Target = Linked.resolve(Global.Unit, Entry.Name);
      if (Target != None)
        return always(Conditions, Terms.function(Target));
      return always(Conditions, undefinedFunction(Entry.Name));
    }
    case InitializerEntry::Kind::Global: {
      GlobalId Target = Linked.resolveVariable(Global.Unit, Entry.Name);
      if (Target == None)
        return std::nullopt;
      return always(Conditions, Terms.pointer(globalObject(Target),
                                              pathOf(Entry.TargetPath)));
    }
    }
  }
  return always(Conditions, Terms.constant(0));
}

bool Evaluator::isUnusedOption(FunctionId Function) const {
  const Assumption *Defaults = Vocabulary.assumption(BootDefaults);
  if (!Defaults || !Defaults->Default || Linked.tablesOf(Function).empty() ||
      !Linked.callersOf(Function).empty() || !Linked.takersOf(Function).empty())
    return false;
  return llvm::all_of(Linked.tablesOf(Function), [&](GlobalId Table) {
    StringIndex Record = Linked.recordOf(Linked.global(Table).Type);
    return Record != None && Linked.text(Record) == Vocabulary.BootParameter;
  });
}

bool Evaluator::isWritten(GlobalId Id, PathId Path) const {
  const bool Field =
      Path != 0 && Terms.last(Path).What == PathStep::Kind::Field;
  if (Path != 0 && !Field)
    return true;
  return llvm::any_of(
      Field ? Linked.writesOf(Terms.last(Path).Id) : Linked.writesOfGlobal(Id),
      [&](const FieldWrite &W) { return !isUnusedOption(W.Function); });
}

std::optional<Value> Evaluator::writtenOnce(GlobalId Id, Cell Which,
                                            TypeIndex Type,
                                            const Value &Initial) {
  // A variable that one or two functions write, from the outside of any loop,
  // has the value that they give it: execute them, apart from everything else.
  llvm::ArrayRef<FieldWrite> Writes =
      Which.Path == 0 ? Linked.writesOfGlobal(Id)
                      : Linked.writesOf(Terms.last(Which.Path).Id);
  std::set<FunctionId> Writers;
  for (const FieldWrite &W : Writes) {
    // Follow the address to its root: another global is another cell.
    const FunctionSummary &Body = *Linked.inspect(W.Function).Body;
    const Inst &Write = Body.Insts[W.Store];
    if (Which.Path == 0 && (Write.Op != Opcode::Store ||
                            Body.Insts[Write.A].Op != Opcode::GlobalAddress))
      return std::nullopt; // Who has its address may write anything.
    InstIndex Root = Write.A;
    while (Body.Insts[Root].Op == Opcode::FieldAddress ||
           Body.Insts[Root].Op == Opcode::ElementAddress)
      Root = Body.Insts[Root].A;
    const Inst &Base = Body.Insts[Root];
    if (Base.Op == Opcode::GlobalAddress && Base.Value != int64_t(Id))
      continue;
    if (Base.Op == Opcode::LocalAddress || isUnusedOption(W.Function))
      continue;
    Writers.insert(W.Function);
    if (Writers.size() > 3)
      return std::nullopt;
  }
  if (Writers.empty())
    return Initial;
  std::pair<ObjectId, PathId> Key{Which.Object, Which.Path};
  auto Found = Learned.OnceValues.find(Key);
  if (Found != Learned.OnceValues.end())
    return Found->second;
  if (Learned.OnceLost.count(Key) || OnceRunning.size() > 2 ||
      !OnceRunning.insert(Key).second)
    return std::nullopt;
  Memory *Outer = Store;
  EvaluatorHooks *OuterHooks = Hooks;
  size_t EventCount = Events.size();
  std::unique_ptr<EvaluatorHooks> Quiet = quietHooks(OuterHooks);
  Hooks = Quiet.get();
  PathChooser *OuterFollow = Follow;
  Follow = nullptr;
  uint64_t Before = Executed;
  Bdd OuterStopped = Stopped;
  Budget OuterLimits = Limits;
  std::set<FunctionId> OuterCutOff = CutOff;
  Limits.Instructions =
      std::min(Limits.Instructions, Executed + Limits.WriterInstructions);
  Value Result = Initial;
  for (FunctionId Writer : Writers) {
    Memory Scratch;
    Store = &Scratch;
    Scratch.set(Which, Initial);
    execute(Writer, {}, Conditions.yes());
    const Value *Left = Scratch.find(Which);
    if (!Left || *Left == Initial)
      continue;
    if (Writers.size() == 1) {
      Result = *Left;
      continue;
    }
    Bdd Ran = Conditions.choice(Linked.functionName(Writer).str() +
                                    "() was the last to write " +
                                    Terms.object(Which.Object).Name,
                                Certainty::Free);
    Result = choose(Conditions, Ran, *Left, Result);
  }
  bool Spent = exhausted();
  Store = Outer;
  Hooks = OuterHooks;
  Follow = OuterFollow;
  Limits = OuterLimits;
  CutOff = std::move(OuterCutOff);
  Executed = Before;
  Stopped = OuterStopped;
  Events.resize(EventCount);
  OnceRunning.erase(Key);
  if (Spent) {
    Learned.OnceLost.insert(Key);
    return std::nullopt;
  }
  Learned.OnceValues[Key] = Result;
  return Result;
}

Value Evaluator::globalDefault(Cell Which, TypeIndex Type) {
  const Object &O = Terms.object(Which.Object);
  GlobalId Id = O.Entity;
  const GlobalEntity &Global = Linked.global(Id);
  std::string Path = Terms.describePath(Which.Path);
  FactId Fact = Known.global(O.Name, Path);
  if (Fact != None)
    return always(Conditions, Terms.namedSymbol(Known.describe(Fact),
                                                Certainty::Fixed, Fact));
  std::string Name = Path.empty() ? O.Name : O.Name + "." + Path;
  std::optional<Value> Initial = initialValue(Global, Which.Path);
  bool Constant = Global.Definition && Global.Definition->Constant;
  if (Constant && Initial)
    return *Initial;
  if (Initial && !Linked.isPointer(Type) &&
      InitialModules.count(Linked.units()[Global.Unit].Module))
    return *Initial;
  bool Field =
      Which.Path != 0 && Terms.last(Which.Path).What == PathStep::Kind::Field;
  bool Written = isWritten(Id, Which.Path);
  if (!Written && Initial)
    return *Initial;
  bool Pointer = Linked.isPointer(Type);
  bool Flag = Type != None && Linked.type(Type).Kind == TypeKind::Bool;
  if (Initial && Written && (Field || Which.Path == 0) && Flag)
    if (std::optional<Value> Once = writtenOnce(Id, Which, Type, *Initial))
      return *Once;
  if (Pointer && Initial && Initial->size() == 1 &&
      Terms.term(Initial->front().What).Kind != TermKind::Constant &&
      Global.Definition)
    return *Initial;
  return input(Type, Name, Which.Object,
               Field ? Terms.last(Which.Path).Id : None);
}

} // namespace cocodma
