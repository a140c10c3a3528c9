// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/Sat.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>

namespace cocodma {

static constexpr uint32_t NotInHeap = ~0u;

uint32_t SatSolver::addVariable() {
  uint32_t Variable = uint32_t(Reasons.size());
  Values.resize(Values.size() + 2, Open);
  Watches.resize(Watches.size() + 2);
  ShortClauses.resize(Watches.size());
  Reasons.push_back(NoClause);
  AtLevel.push_back(0);
  Phase.push_back(No);
  Activity.push_back(0);
  Seen.push_back(0);
  Positions.push_back(NotInHeap);
  insert(Variable);
  return Variable;
}

bool SatSolver::isBefore(uint32_t Left, uint32_t Right) const {
  return Activity[Left] != Activity[Right] ? Activity[Left] > Activity[Right]
                                           : Left < Right;
}

void SatSolver::siftUp(uint32_t Position) {
  uint32_t Variable = Heap[Position];
  while (Position > 0) {
    uint32_t Parent = (Position - 1) / 2;
    if (!isBefore(Variable, Heap[Parent]))
      break;
    Heap[Position] = Heap[Parent];
    Positions[Heap[Position]] = Position;
    Position = Parent;
  }
  Heap[Position] = Variable;
  Positions[Variable] = Position;
}

void SatSolver::siftDown(uint32_t Position) {
  uint32_t Variable = Heap[Position];
  for (;;) {
    uint32_t Child = Position * 2 + 1;
    if (Child >= Heap.size())
      break;
    if (Child + 1 < Heap.size() && isBefore(Heap[Child + 1], Heap[Child]))
      ++Child;
    if (!isBefore(Heap[Child], Variable))
      break;
    Heap[Position] = Heap[Child];
    Positions[Heap[Position]] = Position;
    Position = Child;
  }
  Heap[Position] = Variable;
  Positions[Variable] = Position;
}

void SatSolver::insert(uint32_t Variable) {
  if (Positions[Variable] != NotInHeap)
    return;
  Heap.push_back(Variable);
  Positions[Variable] = uint32_t(Heap.size() - 1);
  siftUp(uint32_t(Heap.size() - 1));
}

std::optional<uint32_t> SatSolver::nextVariable() {
  while (!Heap.empty()) {
    uint32_t Variable = Heap.front();
    Positions[Variable] = NotInHeap;
    uint32_t Last = Heap.back();
    Heap.pop_back();
    if (!Heap.empty()) {
      Heap.front() = Last;
      Positions[Last] = 0;
      siftDown(0);
    }
    if (Values[Variable * 2] == Open)
      return Variable;
  }
  return std::nullopt;
}

void SatSolver::raise(uint32_t Variable) {
  constexpr double Largest = 1e100;
  Activity[Variable] += Step;
  if (Activity[Variable] > Largest) {
    for (double &A : Activity)
      A /= Largest;
    Step /= Largest;
  }
  if (Positions[Variable] != NotInHeap)
    siftUp(Positions[Variable]);
}

SatSolver::ClauseIndex SatSolver::store(llvm::ArrayRef<Literal> Clause) {
  ClauseIndex Index = ClauseIndex(Clauses.size());
  Clauses.push_back({uint32_t(Literals.size()), uint32_t(Clause.size())});
  Literals.insert(Literals.end(), Clause.begin(), Clause.end());
  if (Clause.size() > 3) {
    Watches[Clause[0].code()].push_back({Index, Clause[1]});
    Watches[Clause[1].code()].push_back({Index, Clause[0]});
    return Index;
  }
  for (size_t I = 0; I < Clause.size(); ++I)
    ShortClauses[Clause[I].code()].push_back(
        {Index, Clause[(I + 1) % Clause.size()],
         Clause[(I + Clause.size() - 1) % Clause.size()]});
  return Index;
}

void SatSolver::addClause(llvm::ArrayRef<Literal> Clause) {
  backTo(0);
  llvm::SmallVector<Literal, 16> Kept;
  for (Literal L : Clause) {
    if (valueOf(L) == Yes || llvm::is_contained(Kept, ~L))
      return;
    if (valueOf(L) == Open && !llvm::is_contained(Kept, L))
      Kept.push_back(L);
  }
  if (Kept.empty())
    Contradiction = true;
  else if (Kept.size() == 1)
    assign(Kept[0], NoClause);
  else
    store(Kept);
}

void SatSolver::assign(Literal True, ClauseIndex Reason) {
  Values[True.code()] = Yes;
  Values[(~True).code()] = No;
  Reasons[True.variable()] = Reason;
  AtLevel[True.variable()] = level();
  Trail.push_back(True);
}

SatSolver::ClauseIndex SatSolver::propagate() {
  while (Propagated < Trail.size()) {
    const Literal False = ~Trail[Propagated++];
    ClauseIndex Conflict = propagateShort(False);
    if (Conflict != NoClause)
      return Conflict;
    std::vector<Watch> &List = Watches[False.code()];
    size_t Kept = 0;
    for (size_t From = 0; From < List.size(); ++From)
      if (Conflict != NoClause || staysWatched(False, From, Conflict))
        List[Kept++] = List[From];
    List.resize(Kept);
    if (Conflict != NoClause)
      return Conflict;
  }
  return NoClause;
}

SatSolver::ClauseIndex SatSolver::propagateShort(Literal False) {
  for (const ShortClause &C : ShortClauses[False.code()]) {
    const int8_t One = valueOf(C.One), Two = valueOf(C.Two);
    if (One == Yes || Two == Yes ||
        (One == Open && Two == Open && C.One != C.Two))
      continue;
    if (One == Two && One == No)
      return C.Clause;
    assign(One == Open ? C.One : C.Two, C.Clause);
  }
  return NoClause;
}

bool SatSolver::staysWatched(Literal False, size_t From,
                             ClauseIndex &Conflict) {
  Watch &W = Watches[False.code()][From];
  if (valueOf(W.Other) == Yes)
    return true;
  llvm::MutableArrayRef<Literal> Clause = literals(W.Clause);
  if (Clause[0] == False)
    std::swap(Clause[0], Clause[1]);
  if (valueOf(Clause[0]) == Yes) {
    W.Other = Clause[0];
    return true;
  }
  for (size_t I = 2; I < Clause.size(); ++I)
    if (valueOf(Clause[I]) != No) {
      std::swap(Clause[1], Clause[I]);
      Watches[Clause[1].code()].push_back({W.Clause, Clause[0]});
      return false;
    }
  if (valueOf(Clause[0]) == No)
    Conflict = W.Clause;
  else
    assign(Clause[0], W.Clause);
  return true;
}

uint32_t SatSolver::analyze(ClauseIndex Conflict) {
  // Back from the conflict to the one literal of this level that all of it
  // came from.
  Learned.assign(1, Literal());
  std::vector<uint32_t> Marked;
  size_t Open = 0, At = Trail.size();
  std::optional<Literal> Now;
  ClauseIndex Reason = Conflict;
  do {
    for (Literal L : literals(Reason)) {
      uint32_t Variable = L.variable();
      if ((Now && L == *Now) || Seen[Variable] || AtLevel[Variable] == 0)
        continue;
      Seen[Variable] = 1;
      Marked.push_back(Variable);
      raise(Variable);
      if (AtLevel[Variable] == level())
        ++Open;
      else
        Learned.push_back(L);
    }
    while (!Seen[Trail[--At].variable()])
      ;
    Now = Trail[At];
    Reason = Reasons[Now->variable()];
    Seen[Now->variable()] = 0;
  } while (--Open > 0);
  Learned[0] = ~*Now;
  for (uint32_t Variable : Marked)
    Seen[Variable] = 0;
  // The second literal is the last of the rest that was decided.
  uint32_t Level = 0;
  for (size_t I = 1; I < Learned.size(); ++I)
    if (AtLevel[Learned[I].variable()] > Level) {
      Level = AtLevel[Learned[I].variable()];
      std::swap(Learned[1], Learned[I]);
    }
  return Level;
}

void SatSolver::backTo(uint32_t Level) {
  if (level() <= Level)
    return;
  for (size_t I = Trail.size(); I-- > Levels[Level];) {
    Literal L = Trail[I];
    Phase[L.variable()] = L.isNegated() ? No : Yes;
    Values[L.code()] = Values[(~L).code()] = Open;
    insert(L.variable());
  }
  Trail.resize(Levels[Level]);
  Levels.resize(Level);
  Propagated = Trail.size();
}

std::optional<bool> SatSolver::solve(uint64_t Conflicts,
                                     std::optional<Literal> Assumed) {
  constexpr double Decay = 0.95, Growth = 1.5;
  backTo(0);
  double Restart = 100;
  uint64_t SinceRestart = 0;
  while (!Contradiction) {
    if (ClauseIndex Conflict = propagate(); Conflict != NoClause) {
      if (level() == 0)
        break;
      if (Conflicts-- == 0)
        return std::nullopt;
      ++SinceRestart;
      backTo(analyze(Conflict));
      assign(Learned[0], Learned.size() > 1 ? store(Learned) : NoClause);
      Step /= Decay;
      continue;
    }
    if (double(SinceRestart) > Restart) {
      Restart *= Growth;
      SinceRestart = 0;
      backTo(0);
    }
    if (Assumed && valueOf(*Assumed) == No)
      return false;
    if (Assumed && valueOf(*Assumed) == Open) {
      Levels.push_back(uint32_t(Trail.size()));
      assign(*Assumed, NoClause);
      continue;
    }
    std::optional<uint32_t> Variable = nextVariable();
    if (!Variable)
      return true;
    Levels.push_back(uint32_t(Trail.size()));
    assign(Literal(*Variable, Phase[*Variable] != Yes), NoClause);
  }
  Contradiction = true;
  return false;
}

} // namespace cocodma
