// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an operation sets up to be called later, with records of its own: a
// timer, a delayed work item, the work item of one queue of many. Whoever calls
// it then passes the record that it was set up with, so it runs on what the
// operation left.
#include "lifecycle/Operations.h"
#include "lifecycle/World.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

void WorldBuilder::boundTo(FunctionId Code, StringIndex Record, TermId Pointer,
                           Bdd When) {
  if (Trial)
    return;
  if (RunningProbe != None)
    Given.bind(Code, Record, Pointer);
  if (!SettingUp || !(Reachable.of(Code) & ReachesBounce))
    return;
  BoundedFormulas &B = Engine.conditions().formulas();
  for (SetUp &Known : SetUpNow)
    if (Known.Code == Code && Known.Pointer == Pointer) {
      Known.When = B.disj(Known.When, When);
      return;
    }
  SetUpNow.push_back({Code, Record, Pointer, When, std::nullopt, nullptr});
}

void WorldBuilder::leftFrame(TermId Pointer, ObjectId Into, Bdd When) {
  if (!Trial && RunningProbe != None)
    Away.handed(Pointer, Into, When);
  if (!SettingUp)
    return;
  const TermTable &Terms = Engine.terms();
  const Term &Given = Terms.term(Pointer);
  for (SetUp &Known : SetUpNow) {
    const Term &Record = Terms.term(Known.Pointer);
    if (Record.A != Given.A || Into == Given.A ||
        !Terms.startsWith(Record.B, Given.B))
      continue;
    Bdd Before = Known.Left ? *Known.Left : Engine.conditions().no();
    Known.Left = Engine.conditions().formulas().disj(Before, When);
  }
}

void WorldBuilder::noteSetUp(Bdd Assume) {
  constexpr size_t Most = 4;
  BoundedFormulas &B = Engine.conditions().formulas();
  for (SetUp &Now : SetUpNow) {
    if (SetUps.size() >= Most || Given.isBoundTo(Now.Code, Now.Pointer))
      continue;
    Now.After = Engine.memory();
    Now.When = B.conj(Assume, B.conj(Now.When, Now.Left.value_or(Now.When)));
    SetUps.push_back(Now);
  }
  SetUpNow.clear();
}

void WorldBuilder::letOthersCount(const Operation &Code, ObjectId Owner) {
  // Of memory that the operation made, other operations are not seen to find
  // it; how much they left there is open. Flags are taken to be what they are.
  Guards &Conditions = Engine.conditions();
  TermTable &Terms = Engine.terms();
  const TypeIndex Type = Terms.object(Owner).Type;
  const StringIndex Record = Type == None ? None : Linked.recordOf(Type);
  for (StringIndex Field : Code.Reads) {
    TypeIndex Held = Engine.typeOfField(Field);
    if (Record == None || Held == None ||
        Linked.find(Linked.text(Field).rsplit('.').first) != Record ||
        Linked.type(Held).Kind != TypeKind::Integer ||
        llvm::none_of(Linked.writesOf(Field), [&](const FieldWrite &Write) {
          return !Engine.visited().count(Write.Function);
        }))
      continue;
    const Cell Where{Owner, Terms.field(0, Field)};
    const Value Now = Engine.load(Where, Held, Conditions.yes());
    if (saysMarker(Now, Conditions.yes()))
      continue;
    Bdd Since = Conditions.choice("another operation has written " +
                                      Linked.text(Field).str() + " since",
                                  Certainty::Free);
    TermId Any = Terms.symbol(Linked.text(Field).str(), Certainty::Free);
    Engine.memory()->set(
        Where, choose(Conditions, Since, always(Conditions, Any), Now));
  }
}

void WorldBuilder::runSetUp(const std::set<FunctionId> &Before, ObjectId First,
                            Phase When, GlobalId Driver) {
  const std::set<FunctionId> Ran = Engine.visited();
  Second = true;
  for (const SetUp &Now : std::exchange(SetUps, {})) {
    // Where the operation was seen to start it, it ran already.
    if (Now.When.isFalse() || (Ran.count(Now.Code) && !Before.count(Now.Code)))
      continue;
    // A call that is known to leak need not be seen once more.
    Operation Run;
    Run.Entry = Now.Code;
    if (undecided(Run, {Linked.moduleOf(Now.Code).str()}).empty())
      continue;
    const FunctionSummary &Body = *Linked.function(Now.Code).Body;
    for (uint32_t I = 0; I < Body.ParameterCount; ++I) {
      if (Linked.recordOf(Body.Locals[I].Type) != Now.Record)
        continue;
      Engine.setMemory(layer(Now.After));
      Engine.setBudget({});
      if (ObjectId Owner = Engine.terms().term(Now.Pointer).A; Owner >= First)
        letOthersCount(Operations(Linked, Vocabulary).of(Now.Code), Owner);
      runEntryWith(Now.Code, When, Driver, Now.When, I, Now.Pointer);
      break;
    }
  }
  Second = false;
}

} // namespace cocodma
