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
      Engine(Engine), Verdicts(Verdicts), Units(Units), Names(Linked),
      Common(Linked.units().size()) {}

void PartCache::runCommon(llvm::function_ref<void()> Execute) {
  Common.reset();
  llvm::BitVector *Before = Linked.noteConsulted(&Common);
  Execute();
  Linked.noteConsulted(Before);
}

std::string PartCache::pathOf(const PartName &Name) {
  // Variants of the units that a part is about have entries of their own: the
  // two sides of a patch live side by side.
  std::string Key = How + "\n" + Name.Text;
  for (uint32_t Unit : Name.Units)
    Key += "\n" + Names.unit(Unit) + " " + std::to_string(Units.of(Unit));
  llvm::SmallString<256> Path(Folder);
  llvm::sys::path::append(Path, hashOf(Key) + ".part");
  return Path.str().str();
}

bool PartCache::fits(const std::vector<ConsultedUnit> &Consulted) {
  return llvm::all_of(Consulted, [&](const ConsultedUnit &Then) {
    uint32_t Unit = Names.findUnit(Then.Name);
    return Unit != None && Units.of(Unit) == Then.Fingerprint;
  });
}

std::optional<PartResult> PartCache::read(const std::string &Path) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!Buffer)
    return std::nullopt;
  bool Damaged = false;
  std::optional<PartResult> Result = deserializePart(
      (*Buffer)->getBuffer(), Names, Damaged,
      [&](const std::vector<ConsultedUnit> &Then) { return fits(Then); });
  if (Damaged)
    llvm::errs() << "cocodma: note: " << Path
                 << ": a damaged entry; it is made again\n";
  if (Result)
    markUsed(Path);
  return Result;
}

void PartCache::write(const std::string &Path, const PartResult &Found,
                      const llvm::BitVector &Consulted) {
  std::vector<ConsultedUnit> Now;
  for (unsigned Unit : Consulted.set_bits())
    Now.push_back({Names.unit(Unit), Units.of(Unit)});
  std::string Bytes = serializePart(Found, Now, Names);
  if (!Bytes.empty())
    llvm::consumeError(writeFileAtomically(
        Path, [&](llvm::raw_ostream &Out) { Out << Bytes; }));
}

PartResult PartCache::execute(llvm::function_ref<void()> Execute,
                              llvm::BitVector &Consulted) {
  const Evaluator::Lasting Before = Engine.takeLasting();
  llvm::BitVector *Outer = Linked.noteConsulted(&Consulted);
  Verdicts.beginPart();
  Execute();
  PartResult Result;
  Result.Verdicts = Verdicts.endPart();
  Linked.noteConsulted(Outer);
  Result.Engine = Engine.takeLasting();
  Engine.addLasting(Before);
  return Result;
}

void PartCache::run(const PartName &Name, llvm::function_ref<void()> Execute) {
  const std::string Path = Folder.empty() ? "" : pathOf(Name);
  if (!Path.empty())
    if (std::optional<PartResult> Known = read(Path)) {
      Engine.addLasting(Known->Engine);
      Verdicts.add(std::move(Known->Verdicts));
      return;
    }
  llvm::BitVector Consulted = Common;
  for (uint32_t Unit : Name.Units)
    Consulted.set(Unit);
  PartResult Found = execute(Execute, Consulted);
  if (!Path.empty())
    write(Path, Found, Consulted);
  Engine.addLasting(Found.Engine);
  Verdicts.add(std::move(Found.Verdicts));
}

} // namespace cocodma
