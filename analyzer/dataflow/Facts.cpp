// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dataflow/Facts.h"

#include "llvm/ADT/StringExtras.h"

namespace cocodma {

Facts::Facts(const Spec &Vocabulary, const Program &Linked) : Linked(Linked) {
  for (const Profile &P : Vocabulary.Profiles)
    for (const Fact &F : P.Facts) {
      bool Known = false;
      for (const Fact &Subject : Subjects)
        Known |= Subject.sameSubject(F);
      if (!Known)
        Subjects.push_back(F);
    }
}

FactId Facts::call(llvm::StringRef Name,
                   llvm::ArrayRef<std::optional<int64_t>> Arguments) const {
  for (FactId Id = 0; Id < Subjects.size(); ++Id) {
    const Fact &F = Subjects[Id];
    if (F.FactKind != Fact::Kind::Call || F.Name != Name ||
        F.Arguments.size() > Arguments.size())
      continue;
    bool Same = true;
    for (size_t I = 0; I < F.Arguments.size() && Same; ++I) {
      std::optional<int64_t> Wanted = Linked.namedConstant(F.Arguments[I]);
      Same = Wanted && Arguments[I] && *Wanted == *Arguments[I];
    }
    if (Same)
      return Id;
  }
  return None;
}

FactId Facts::global(llvm::StringRef Name, llvm::StringRef Path) const {
  for (FactId Id = 0; Id < Subjects.size(); ++Id)
    if (Subjects[Id].FactKind == Fact::Kind::Global &&
        Subjects[Id].Name == Name && Subjects[Id].Path == Path)
      return Id;
  return None;
}

FactId Facts::staticKey(llvm::StringRef Name) const {
  for (FactId Id = 0; Id < Subjects.size(); ++Id)
    if (Subjects[Id].FactKind == Fact::Kind::StaticKey &&
        Subjects[Id].Name == Name)
      return Id;
  return None;
}

FactId Facts::cpuFeature(int64_t Number) const {
  for (FactId Id = 0; Id < Subjects.size(); ++Id)
    if (Subjects[Id].FactKind == Fact::Kind::CpuFeature &&
        Subjects[Id].Number == Number)
      return Id;
  return None;
}

std::string Facts::describe(FactId Id) const {
  const Fact &F = Subjects[Id];
  switch (F.FactKind) {
  case Fact::Kind::Call:
    return F.Name + "(" + llvm::join(F.Arguments, ", ") + ")";
  case Fact::Kind::Global:
    return F.Path.empty() ? F.Name : F.Name + "." + F.Path;
  case Fact::Kind::StaticKey:
    return "static key " + F.Name;
  case Fact::Kind::CpuFeature:
    return "CPU feature " + F.Name;
  }
  return F.Name;
}

std::optional<int64_t> Facts::value(FactId Id, const Profile &Profile) const {
  for (const Fact &F : Profile.Facts) {
    if (!F.sameSubject(Subjects[Id]))
      continue;
    if (const bool *Truth = std::get_if<bool>(&F.Is))
      return *Truth;
    if (const int64_t *Number = std::get_if<int64_t>(&F.Is))
      return *Number;
    return Linked.namedConstant(std::get<std::string>(F.Is));
  }
  return std::nullopt;
}

} // namespace cocodma
