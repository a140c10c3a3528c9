// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tree/PartCache.h"

#include "report/AtomicFile.h"
#include "support/CacheFolder.h"
#include "support/Hash.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace cocodma {

PartCache::PartCache(std::string Folder, std::string How, const Program &Linked,
                     Evaluator &Engine, Judge &Verdicts,
                     UnitFingerprints &Units)
    : Folder(std::move(Folder)), How(std::move(How)), Linked(Linked),
      Engine(Engine), Verdicts(Verdicts), Units(Units), Names(Linked) {
  Common.Units.resize(Linked.units().size());
}

void PartCache::runCommon(llvm::function_ref<void()> Execute) {
  Common = ReadLog();
  Common.Units.resize(Linked.units().size());
  ReadLog *Outer = Linked.noteReads(&Common);
  Execute();
  Linked.noteReads(Outer);
}

std::string PartCache::keyOf(const PartName &Name) {
  // Variants of the units that a part is about have entries of their own: the
  // two sides of a patch live side by side.
  std::string Key = How + "\n" + Name.Text;
  for (uint32_t Unit : Name.Units)
    Key += "\n" + Names.unit(Unit) + " " + std::to_string(Units.of(Unit));
  return hashOf(Key);
}

std::vector<std::string> PartCache::pathsOf(llvm::StringRef Key) const {
  std::vector<std::string> Result;
  for (unsigned Variant = 0; Variant < Variants; ++Variant) {
    llvm::SmallString<256> Path(Folder);
    llvm::sys::path::append(
        Path, hashOf((Key + " " + llvm::Twine(Variant)).str()) + ".part");
    Result.push_back(Path.str().str());
  }
  return Result;
}

std::string PartCache::placeFor(llvm::StringRef Key) const {
  std::string Oldest;
  llvm::sys::TimePoint<> Since;
  for (const std::string &Path : pathsOf(Key)) {
    llvm::sys::fs::file_status Status;
    if (llvm::sys::fs::status(Path, Status))
      return Path;
    const llvm::sys::TimePoint<> Time = Status.getLastModificationTime();
    if (Oldest.empty() || Time < Since) {
      Oldest = Path;
      Since = Time;
    }
  }
  return Oldest;
}

std::optional<uint64_t> PartCache::fingerprint(Consulted::Kind What,
                                               llvm::StringRef Name) {
  using Kind = Consulted::Kind;
  uint32_t Id = None;
  if (What == Kind::Unit)
    Id = Names.findUnit(Name);
  else if (What == Kind::GlobalWriters)
    Id = Names.findVariable(Name);
  else if (What == Kind::Callers || What == Kind::Takers ||
           What == Kind::Tables || What == Kind::Inspected)
    Id = Names.findFunction(Name);
  else
    Id = Linked.find(Name);
  if (Id == None)
    return std::nullopt;
  switch (What) {
  case Kind::Unit:
    return KnownOfPart.empty() ? Units.of(Id)
                               : Units.of(Id) ^ Units.known(Id, KnownOfPart);
  case Kind::Initializers:
    return Units.initializers(Id);
  case Kind::Writers:
    return Units.writers(StringIndex(Id));
  case Kind::Record:
    return Units.record(Id);
  case Kind::GlobalWriters:
    return Units.globalWriters(Id);
  case Kind::Callers:
    return Units.callers(Id);
  case Kind::Takers:
    return Units.takers(Id);
  case Kind::Tables:
    return Units.tables(Id);
  case Kind::Inspected:
    return Units.inspected(Id);
  }
  return std::nullopt;
}

bool PartCache::fits(const std::vector<Consulted> &LookedAt) {
  return llvm::all_of(LookedAt, [&](const Consulted &Then) {
    return fingerprint(Then.What, Then.Name) == Then.Fingerprint;
  });
}

std::optional<PartResult> PartCache::read(llvm::StringRef Key) {
  for (const std::string &Path : pathsOf(Key)) {
    auto Buffer = llvm::MemoryBuffer::getFile(Path, /*IsText=*/false,
                                              /*RequiresNullTerminator=*/false);
    if (!Buffer)
      continue;
    bool Damaged = false;
    std::optional<PartResult> Result = deserializePart(
        Key, (*Buffer)->getBuffer(), Names, Damaged,
        [&](const std::vector<Consulted> &Then) { return fits(Then); });
    if (Damaged) {
      llvm::errs() << "cocodma: note: " << Path
                   << ": a damaged entry; it is made again\n";
      (void)llvm::sys::fs::remove(Path);
    }
    if (Result) {
      markUsed(Path);
      return Result;
    }
  }
  return std::nullopt;
}

void PartCache::write(llvm::StringRef Key, const PartResult &Found,
                      const ReadLog &Reads) {
  using Kind = Consulted::Kind;
  std::vector<Consulted> LookedAt;
  bool Named = true;
  auto Add = [&](Kind What, std::string Name) {
    std::optional<uint64_t> Now = fingerprint(What, Name);
    Named &= Now.has_value();
    LookedAt.push_back({What, std::move(Name), Now.value_or(0)});
  };
  for (unsigned Unit : Reads.Units.set_bits())
    Add(Kind::Unit, Names.unit(Unit));
  for (auto [What, Fields] :
       {std::pair(Kind::Initializers, &Reads.Initializers),
        std::pair(Kind::Writers, &Reads.Writers),
        std::pair(Kind::Record, &Reads.Records)})
    for (StringIndex Field : *Fields)
      Add(What, Linked.text(Field).str());
  for (GlobalId Id : Reads.GlobalWriters)
    Add(Kind::GlobalWriters, Names.variable(Id));
  for (auto [What, Functions] : {std::pair(Kind::Callers, &Reads.Callers),
                                 std::pair(Kind::Takers, &Reads.Takers),
                                 std::pair(Kind::Tables, &Reads.Tables),
                                 std::pair(Kind::Inspected, &Reads.Inspected)})
    for (FunctionId Id : *Functions)
      Add(What, Names.function(Id));
  std::string Bytes =
      Named ? serializePart(Key, Found, LookedAt, Names) : std::string();
  if (!Bytes.empty())
    llvm::consumeError(writeFileAtomically(
        placeFor(Key), [&](llvm::raw_ostream &Out) { Out << Bytes; }));
}

PartResult PartCache::execute(llvm::function_ref<void()> Execute,
                              ReadLog &Reads) {
  const Evaluator::Lasting Before = Engine.takeLasting();
  ReadLog *Outer = Linked.noteReads(&Reads);
  Verdicts.beginPart();
  Execute();
  PartResult Result;
  Result.Verdicts = Verdicts.endPart();
  Linked.noteReads(Outer);
  Result.Engine = Engine.takeLasting();
  Engine.addLasting(Before);
  return Result;
}

void PartCache::run(const PartName &Name, llvm::function_ref<void()> Execute) {
  const std::string Key = Folder.empty() ? "" : keyOf(Name);
  KnownOfPart = Name.Known;
  if (!Key.empty())
    if (std::optional<PartResult> Known = read(Key)) {
      Engine.addLasting(Known->Engine);
      Verdicts.add(std::move(Known->Verdicts));
      return;
    }
  ReadLog Reads = Common;
  for (uint32_t Unit : Name.Units)
    Reads.Units.set(Unit);
  PartResult Found = execute(Execute, Reads);
  if (!Key.empty())
    write(Key, Found, Reads);
  Engine.addLasting(Found.Engine);
  Verdicts.add(std::move(Found.Verdicts));
}

} // namespace cocodma
