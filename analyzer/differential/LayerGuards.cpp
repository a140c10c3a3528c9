// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "differential/LayerGuards.h"
#include "frontend/UnitLoader.h"
#include "lifecycle/Reach.h"
#include "tree/Judging.h"

namespace cocodma {

/// The functions that an analysis does not execute are not executed here
/// either.
class LayerGuards::Pruning : public EvaluatorHooks {
public:
  explicit Pruning(const Reach &Reachable) : Reachable(Reachable) {}
  bool isIrrelevant(FunctionId Callee) override {
    return Reachable.isIrrelevant(Callee);
  }

private:
  const Reach &Reachable;
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

const MappingGuards *LayerGuards::of(llvm::StringRef Function,
                                     int64_t Failure) {
  auto Found = Executed.find(Function.str());
  if (Found != Executed.end())
    return &Found->second;
  FunctionId Id = Linked.externalFunction(Function);
  if (Id == None)
    return nullptr;
  Pruning Hooks(*Reachable);
  Memories.push_back(std::make_unique<Memory>(&Nothing));
  Engine.setMemory(Memories.back().get());
  Engine.setHooks(&Hooks);
  Engine.setBudget({});
  Engine.events().clear();
  Value Returned = Engine.execute(Id, inputs(Id), Conditions.yes());
  Engine.setHooks(nullptr);
  MappingGuards Result;
  Result.Complete = !Engine.exhausted();
  BoundedFormulas &B = Conditions.formulas();
  Result.Fails = Result.Copies = Conditions.no();
  for (const Guarded &G : Returned)
    Result.Fails = B.disj(
        Result.Fails,
        B.conj(G.When, Conditions.equal(G.What, Terms.constant(Failure))));
  for (const Event &E : Engine.events())
    if (E.Kind == EventKind::Bounce)
      Result.Copies = B.disj(Result.Copies, E.When);
  return &Executed.emplace(Function.str(), Result).first->second;
}

} // namespace cocodma
