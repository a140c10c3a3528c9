// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "differential/LayerGuards.h"
#include "frontend/UnitLoader.h"
#include "lifecycle/Reach.h"
#include "tree/Judging.h"

namespace cocodma {

/// The functions that an analysis does not execute are not executed here
/// either. Notes what is no event of an analysis.
class LayerGuards::Watching : public EvaluatorHooks {
public:
  Watching(const Reach &Reachable, const Program &Linked, const DmaLayer &Layer,
           Guards &Conditions)
      : Reachable(Reachable), B(Conditions.formulas()),
        CopiedBack(Conditions.no()), Released(Conditions.no()) {
    for (const std::string &Name : Layer.SlotRelease)
      if (StringIndex Known = Linked.find(Name); Known != None)
        Releasing.insert(Known);
  }
  bool isIrrelevant(FunctionId Callee) override {
    return Reachable.isIrrelevant(Callee);
  }
  void called(StringIndex Callee, Bdd Path) override {
    if (Releasing.count(Callee))
      Released = B.disj(Released, Path);
  }
  void copiedBack(Bdd When) override { CopiedBack = B.disj(CopiedBack, When); }

  Bdd copies() const { return CopiedBack; }
  Bdd releases() const { return Released; }

private:
  const Reach &Reachable;
  BoundedFormulas &B;
  std::set<StringIndex> Releasing;
  Bdd CopiedBack, Released;
};

LayerGuards::LayerGuards(Program Units, const Spec &Vocabulary)
    : Linked(std::move(Units)), Vocabulary(Vocabulary),
      Known(Vocabulary, Linked), Terms(Linked), Conditions(Terms),
      Reachable(std::make_unique<Reach>(Linked, Vocabulary)),
      Engine(Linked, Vocabulary, Known, Terms, Conditions) {}

LayerGuards::~LayerGuards() = default;

llvm::Expected<std::unique_ptr<LayerGuards>>
LayerGuards::load(const std::vector<CompileJob> &Jobs, const Spec &Vocabulary,
                  const std::string &CacheFolder) {
  LoaderOptions Options;
  Options.CacheFolder = CacheFolder;
  Options.Vocabulary = vocabularyOf(Vocabulary);
  LoadedUnits Loaded = loadUnits(Jobs, Options);
  if (!Loaded.Failed.empty())
    return llvm::createStringError(Loaded.Failed.front().File + ": " +
                                   Loaded.Failed.front().Reason);
  Program Linked;
  for (UnitSummary &Unit : Loaded.Units)
    Linked.add(std::move(Unit));
  Linked.link();
  return std::unique_ptr<LayerGuards>(
      new LayerGuards(std::move(Linked), Vocabulary));
}

const std::map<std::string, uint64_t> &LayerGuards::assumed() {
  // No bus of x86 gives its devices windows of memory.
  static const std::map<std::string, uint64_t> Values = {
      {"dev->dma_range_map", 0}};
  return Values;
}

std::vector<Value> LayerGuards::inputs(FunctionId Function) {
  const FunctionSummary &Body = *Linked.function(Function).Body;
  std::vector<Value> Result;
  for (uint32_t P = 0; P < Body.ParameterCount; ++P) {
    const LocalVariable &Local = Body.Locals[P];
    std::string Name = Linked.text(Local.Name).str();
    Result.push_back(Engine.input(Local.Type, Name, None, Local.Name));
    TypeIndex To = Linked.pointee(Local.Type);
    if (To == None ||
        Linked.text(Linked.type(To).Name) != Vocabulary.Core.Struct)
      continue;
    for (const auto &[Member, Number] : assumed()) {
      if (!llvm::StringRef(Member).starts_with(Name + "->"))
        continue;
      std::string Field =
          Vocabulary.Core.Struct + "." + Member.substr(Name.size() + 2);
      std::optional<Cell> Device = Engine.target(Result.back().front().What);
      if (Device && Linked.find(Field) != None)
        Engine.store(
            {Device->Object, Terms.field(Device->Path, Linked.find(Field))},
            always(Conditions, Terms.constant(int64_t(Number))), None,
            Conditions.yes());
    }
  }
  return Result;
}

const CallGuards *LayerGuards::of(const LayerCall &Call) {
  auto Found = Executed.find(Call.function());
  if (Found != Executed.end())
    return &Found->second;
  FunctionId Id = Linked.externalFunction(Call.function());
  if (Id == None)
    return nullptr;
  Watching Hooks(*Reachable, Linked, Vocabulary.Layer, Conditions);
  Memories.push_back(std::make_unique<Memory>(&Nothing));
  Engine.setMemory(Memories.back().get());
  Engine.setHooks(&Hooks);
  // Of tables of operations the units of the layer hold only some.
  Budget Limits;
  Limits.Operations = 0;
  Engine.setBudget(Limits);
  Engine.events().clear();
  Value Returned = Engine.execute(Id, inputs(Id), Conditions.yes());
  Engine.setHooks(nullptr);
  CallGuards Result;
  Result.Complete = !Engine.exhausted();
  BoundedFormulas &B = Conditions.formulas();
  Result.Fails = Conditions.no();
  if (!Call.Undoes)
    for (const Guarded &G : Returned)
      Result.Fails = B.disj(
          Result.Fails,
          B.conj(G.When,
                 Conditions.equal(G.What, Terms.constant(Call.Of->Error))));
  EventKind Act = !Call.isCoherent() ? EventKind::Bounce
                  : Call.Undoes      ? EventKind::Unshare
                                     : EventKind::Share;
  bool Unmaps = Call.Undoes && !Call.isCoherent();
  Result.Acts = Unmaps ? Hooks.copies() : Conditions.no();
  Result.Releases = Unmaps ? Hooks.releases() : Conditions.no();
  for (const Event &E : Engine.events())
    if (E.Kind == Act && !Unmaps)
      Result.Acts = B.disj(Result.Acts, E.When);
  return &Executed.emplace(Call.function(), Result).first->second;
}

} // namespace cocodma
