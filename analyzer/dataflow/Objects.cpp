// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects and cells: what a pointer leads to, and what a cell holds before it
// was written.
#include "dataflow/Evaluator.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

ObjectId Evaluator::globalObject(GlobalId Id) {
  auto [Entry, New] = Learned.GlobalObjects.try_emplace(Id, 0);
  if (New) {
    const GlobalEntity &Global = Linked.global(Id);
    Object O;
    O.Kind = ObjectKind::Global;
    O.Type = Global.Type;
    O.Name = Linked.text(Global.Name).str();
    O.Entity = Id;
    // What lies next to a variable in a section that the code names is not
    // known: such sections begin and end with a page where that matters.
    if (const GlobalSummary *Own = Global.Definition)
      O.WholePages = Own->Placed || Own->Alignment == 0 ||
                     (Own->Alignment % Vocabulary.PageSize == 0 &&
                      Linked.type(Own->Type).Size % Vocabulary.PageSize == 0);
    else
      O.WholePages = true;
    Entry->second = Terms.newObject(O);
  }
  return Entry->second;
}

ObjectId Evaluator::objectOfSymbol(TermId Symbol) {
  auto [Entry, New] = Learned.SymbolObjects.try_emplace(Symbol, 0);
  if (New) {
    Object O;
    O.Name = "*(" + Terms.describe(Symbol) + ")";
    O.Untyped = true;
    O.Lost = Terms.certainty(Symbol) == Certainty::Opaque;
    Entry->second = Terms.newObject(O);
  }
  return Entry->second;
}

std::optional<Cell> Evaluator::target(TermId Pointer) {
  const Term &T = Terms.term(Pointer);
  switch (T.Kind) {
  case TermKind::Pointer: {
    // Whatever was computed from an address leads to the same memory.
    PathId Path = T.B;
    while (Path && Terms.last(Path).What == PathStep::Kind::Derived)
      Path = Terms.parent(Path);
    return canonical({T.A, Path});
  }
  case TermKind::Symbol:
  case TermKind::Binary:
    if (Terms.isErrorCode(Pointer))
      return std::nullopt;
    return Cell{objectOfSymbol(Pointer), 0};
  default:
    return std::nullopt;
  }
}

Cell Evaluator::canonical(Cell Which) {
  while (true) {
    auto Found = Learned.Embeddings.find(Which.Object);
    if (Found == Learned.Embeddings.end())
      return Which;
    Which = {Found->second.Object,
             Terms.rebase(Which.Path, 0, Found->second.Path)};
  }
}

TermId Evaluator::typed(TermId Pointer, TypeIndex Type) {
  const Term T = Terms.term(Pointer);
  TypeIndex To = Linked.pointee(Type);
  if (T.Kind != TermKind::Pointer || To == None ||
      Linked.type(To).Kind != TypeKind::Record)
    return Pointer;
  Object &O = Terms.object(T.A);
  if (T.B == 0 && O.Type == None && O.Kind != ObjectKind::Global)
    O.Type = To;
  // A cast from the first member to the record around it.
  if (T.B != 0 && Terms.last(T.B).What == PathStep::Kind::Field) {
    llvm::StringRef Step = Linked.text(Terms.last(T.B).Id);
    llvm::StringRef Record = Linked.text(Linked.type(To).Name);
    TypeIndex Inner = typeOfField(Terms.last(T.B).Id);
    bool Same = Inner != None && Linked.recordOf(Inner) == Linked.type(To).Name;
    if (!Same && Step.rsplit('.').first == Record)
      return Terms.pointer(T.A, Terms.parent(T.B));
  }
  return Pointer;
}

Value Evaluator::containerOf(const Inst &I, const Value &Member) {
  llvm::SmallVector<StringIndex, 2> Steps;
  llvm::SmallVector<llvm::StringRef, 2> Names;
  Linked.text(I.Name).split(Names, '/');
  for (llvm::StringRef Name : Names)
    Steps.push_back(Linked.find(Name) != None
                        ? Linked.find(Name)
                        : const_cast<Program &>(Linked).intern(Name));
  Value Result;
  for (const Guarded &G : Member) {
    std::optional<Cell> Where = target(G.What);
    if (!Where)
      continue;
    PathId Path = Where->Path;
    size_t Left = Steps.size();
    while (Left > 0 && Path != 0 &&
           Terms.last(Path) ==
               PathStep{PathStep::Kind::Field, Steps[Left - 1]}) {
      Path = Terms.parent(Path);
      --Left;
    }
    if (Left == 0) {
      addAlternative(Conditions, Result, G.When,
                     Terms.pointer(Where->Object, Path));
      continue;
    }
    StringIndex Record = Linked.recordOf(I.Type);
    std::vector<TermId> Found;
    if (Hooks && Record != None && Where->Path == 0 &&
        Terms.object(Where->Object).Kind == ObjectKind::Input)
      Found = Hooks->candidates(Record, Where->Object);
    if (Found.size() == 1) {
      addAlternative(Conditions, Result, G.When, Found[0]);
      continue;
    }
    auto [Entry, New] =
        Learned.Containers.try_emplace({G.What, I.Name}, ObjectId(0));
    if (New) {
      Object O;
      O.Type = Linked.pointee(I.Type);
      O.Name = "container of " + Terms.object(Where->Object).Name;
      Entry->second = Terms.newObject(O);
      PathId Inside = pathOf({Steps.begin(), Steps.end()});
      if (Where->Path == 0 && !Learned.Embeddings.count(Where->Object) &&
          Terms.object(Where->Object).Kind == ObjectKind::Input) {
        for (PathId P : Store->paths(Where->Object))
          Store->set({Entry->second, Terms.rebase(P, 0, Inside)},
                     *Store->find({Where->Object, P}));
        Learned.Embeddings[Where->Object] = {Entry->second, Inside};
      } else {
        Learned.Heads[Entry->second] = {Inside, *Where};
      }
    }
    addAlternative(Conditions, Result, G.When, Terms.pointer(Entry->second, 0));
  }
  return Result;
}

PathId Evaluator::pathOf(const std::vector<StringIndex> &Steps) {
  PathId Path = 0;
  for (StringIndex Step : Steps) {
    llvm::StringRef Text = Linked.text(Step);
    if (Text.consume_front("#")) {
      int64_t Index = 0;
      Text.getAsInteger(10, Index);
      Path =
          Terms.extend(Path, {PathStep::Kind::Element, Terms.constant(Index)});
    } else {
      Path = Terms.field(Path, Step);
    }
  }
  return Path;
}

Value Evaluator::input(TypeIndex Type, const std::string &Name, ObjectId Parent,
                       StringIndex Field) {
  bool Lost = Parent != None && Terms.object(Parent).Lost;
  Certainty Kind = Lost ? Certainty::Opaque : Certainty::Free;
  if (Type == None)
    return always(Conditions, Terms.symbol(Name, Kind));
  const SummaryType &Described = Linked.type(Type);
  if (Described.Kind == TypeKind::Record) {
    Object O;
    O.Type = Type;
    O.Name = Name;
    O.Lost = Lost;
    return always(Conditions, Terms.pointer(Terms.newObject(O), 0));
  }
  if (Described.Kind != TypeKind::Pointer) {
    TermId New = Terms.symbol(Name, Kind);
    Terms.setMember(New, Field);
    if (Field != None && KeptFields.count(Field))
      Terms.keep(New, /*Marks=*/true);
    if (Described.Kind == TypeKind::Bool)
      return boolean(Conditions.truth(New)); // One or zero, and nothing else.
    return always(Conditions, New);
  }
  StringIndex Record = Linked.recordOf(Type);
  if (Record != None && Hooks) {
    std::vector<TermId> Found = Hooks->candidates(Record, Parent);
    if (!Found.empty()) {
      Value Result = always(Conditions, Found[0]);
      for (size_t I = 1; I < Found.size(); ++I)
        Result =
            choose(Conditions,
                   Conditions.choice(Name + " is " + Terms.describe(Found[I]),
                                     Kind, /*Kept=*/!Lost),
                   always(Conditions, Found[I]), Result);
      return Result;
    }
  }
  Object O;
  O.Type = Described.Inner;
  O.Name = Name;
  O.MayBeNull = true;
  O.Lost = Lost;
  O.Untyped = Described.Inner == None ||
              Linked.type(Described.Inner).Kind == TypeKind::Void ||
              Linked.type(Described.Inner).Kind == TypeKind::Integer;
  O.Parent = Parent;
  O.Field = Field;
  return always(Conditions, Terms.pointer(Terms.newObject(O), 0));
}

StringIndex Evaluator::recordOfField(PathId Path) const {
  // The private area of an object that the kernel makes for a driver comes
  // zeroed: nobody else knows what is in it.
  if (!Path || Terms.last(Path).What != PathStep::Kind::Field)
    return None;
  return Linked.find(Linked.text(Terms.last(Path).Id).rsplit('.').first);
}

Value Evaluator::defaultOf(Cell Which, TypeIndex Type, Bdd Path) {
  const Object O = Terms.object(Which.Object);
  if (Which.Path && Terms.last(Which.Path).Id == StateField &&
      Terms.last(Which.Path).What == PathStep::Kind::Field)
    return always(Conditions, Terms.constant(0));
  // What nobody put into a container is not in it.
  for (PathId Path = Which.Path; Path != 0; Path = Terms.parent(Path))
    if (isEntries(Path))
      return always(Conditions, Terms.constant(0));
  if (isKeyState(Which.Path))
    return always(Conditions, keyState(O.Name));
  if (O.Kind == ObjectKind::Global)
    return globalDefault(Which, Type);
  if (O.Kind == ObjectKind::Heap && O.Zeroed)
    return always(Conditions, Terms.constant(0));
  StringIndex Owner = O.Made ? recordOfField(Which.Path) : None;
  if (Owner != None && Linked.isPrivate(Owner))
    return always(Conditions, Terms.constant(0));
  std::string Inner = Terms.describePath(Which.Path);
  std::string Name = O.Name;
  if (!Inner.empty())
    Name += (O.Kind == ObjectKind::Local ? "." : "->") + Inner;
  else if (O.Kind != ObjectKind::Local)
    Name = "*" + Name;
  StringIndex Field =
      Which.Path && Terms.last(Which.Path).What == PathStep::Kind::Field
          ? Terms.last(Which.Path).Id
          : None;
  return input(Type, Name, Which.Object, Field);
}

bool Evaluator::isTooDeep(PathId Path, const Fill &By) const {
  // Two buffers that are copied to each other piece by piece, as by a loop that
  // reads packets, would make paths without end, or lead to each other.
  constexpr unsigned Most = 4;
  return CopiesBehind > Most || Terms.elements(Path) -
                                        Terms.elements(By.Prefix) +
                                        Terms.elements(By.Source.Path) >
                                    Most;
}

Value Evaluator::filled(Cell Which, TypeIndex Type, Value Result, Bdd Path) {
  std::vector<Fill> Fills = Store->fills(Which.Object);
  for (const Fill &F : Fills) {
    if (!Terms.startsWith(Which.Path, F.Prefix))
      continue;
    Value Filled = always(Conditions, Terms.constant(0));
    if (F.Copied && isTooDeep(Which.Path, F))
      Filled = input(Type, "a copy of copies", None, None);
    else if (F.Copied) {
      ++CopiesBehind;
      Filled = load(
          {F.Source.Object, Terms.rebase(Which.Path, F.Prefix, F.Source.Path)},
          Type, Path);
      --CopiesBehind;
    }
    Result = choose(Conditions, F.When, Filled, Result);
  }
  return Result;
}

Value Evaluator::load(Cell Which, TypeIndex Type, Bdd Path) {
  Which = canonical(Which);
  if (const Value *Found = Store->find(Which))
    return *Found;
  Value Result = mayOverlap(Which)
                     ? loadElement(Which, Type, Path)
                     : filled(Which, Type, defaultOf(Which, Type, Path), Path);
  if (Terms.inUnion(Which.Path)) {
    Result = readShared(Which, std::move(Result));
    Store->addUnionCell(Which, Conditions.no());
  }
  Store->set(Which, Result);
  return Result;
}

bool Evaluator::lasts(ObjectId Id) const {
  ObjectKind Kind = Terms.object(Id).Kind;
  return Kind == ObjectKind::Heap || Kind == ObjectKind::Input;
}

void Evaluator::noteGivenAway(const Value &What, Bdd When, bool ForDevice,
                              std::optional<TermId> Into) {
  for (const Guarded &G : What) {
    const Term &T = Terms.term(G.What);
    if (T.Kind == TermKind::Function ||
        (T.Kind == TermKind::Pointer &&
         Terms.object(T.A).Kind == ObjectKind::Global))
      Hooks->gaveAway(G.What, B.conj(When, G.When), ForDevice, Into);
  }
}

void Evaluator::noteLeft(const Value &What, ObjectId Into, Bdd Path) {
  for (const Guarded &G : What)
    if (const Term &T = Terms.term(G.What);
        T.Kind == TermKind::Pointer && lasts(T.A))
      Hooks->leftFrame(G.What, Into, B.conj(Path, G.When));
}

void Evaluator::noteBound(const Value &What, Cell Where, Bdd Path) {
  if (Where.Path == 0 || !lasts(Where.Object) ||
      Terms.last(Where.Path).What != PathStep::Kind::Field)
    return;
  for (const Guarded &G : What)
    if (const Term &T = Terms.term(G.What); T.Kind == TermKind::Function)
      if (StringIndex Owner = Linked.find(
              Linked.text(Terms.last(Where.Path).Id).rsplit('.').first);
          Owner != None)
        Hooks->boundTo(T.A, Owner,
                       Terms.pointer(Where.Object, Terms.parent(Where.Path)),
                       B.conj(Path, G.When));
}

void Evaluator::store(Cell Which, const Value &New, TypeIndex Type, Bdd Path) {
  Which = canonical(Which);
  if (Hooks && Terms.object(Which.Object).Kind != ObjectKind::Local) {
    std::optional<TermId> Record;
    if (Which.Path && Terms.last(Which.Path).What == PathStep::Kind::Field)
      Record = Terms.pointer(Which.Object, Terms.parent(Which.Path));
    noteGivenAway(New, B.conj(Here, Path), lasts(Which.Object), Record);
    noteBound(New, Which, B.conj(Here, Path));
    noteLeft(New, Which.Object, B.conj(Here, Path));
  }
  // What a second mapping shows is written through the first one, or by the
  // other side: numbers there may be anything.
  if (Learned.AliasSources.count(Which.Object) && hasElement(Which.Path) &&
      llvm::none_of(New, [&](const Guarded &G) {
        return Terms.term(G.What).Kind == TermKind::Pointer;
      }))
    return;
  Path = wholeRange(Which.Path, Path);
  if (mayOverlap(Which))
    storeElement(Which, New, Type, Path);
  if (Terms.inUnion(Which.Path)) {
    if (!WholeUnions)
      shareBytes(Which, New, Path);
    Store->addUnionCell(Which, Path);
  }
  if (Path.isTrue()) {
    Store->set(Which, New);
    return;
  }
  const Value *Old = Store->find(Which);
  bool Local = Terms.object(Which.Object).Kind == ObjectKind::Local;
  Value Before = Old ? *Old
                 : Local && Store->fills(Which.Object).empty()
                     ? Value()
                     : load(Which, Type, Path);
  bool State = Which.Path && Terms.last(Which.Path).Id == StateField;
  Value Result =
      State ? choose(Conditions, Path, New, Before)
            : merged(Path, New, Before, Terms.object(Which.Object).Name);
  Store->set(Which, std::move(Result));
}

TermId Evaluator::rootOf(TermId Address) const {
  // What an address that is kept as a number was computed from: the left
  // operand is the address, the right one what is added to it.
  while (Terms.term(Address).Kind == TermKind::Binary) {
    const Term &T = Terms.term(Address);
    Address = Terms.constantOf(T.A) ? T.B : T.A;
  }
  return Address;
}

std::optional<Cell> Evaluator::convertedBehind(TermId Address) const {
  auto Found = Learned.SymbolObjects.find(rootOf(Address));
  if (Found == Learned.SymbolObjects.end() ||
      !Store->find({Found->second, Terms.field(0, StateField)}))
    return std::nullopt;
  return Cell{Found->second, 0};
}

Value Evaluator::sharing(ObjectId Object, Bdd Path) {
  const Value *Found = Store->find({Object, Terms.field(0, StateField)});
  return Found ? under(Conditions, *Found, Path)
               : always(Conditions, Terms.constant(0));
}

} // namespace cocodma
