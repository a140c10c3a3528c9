// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/Baseline.h"

#include "report/JsonReader.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"

using llvm::StringRef;
using llvm::Twine;
using llvm::json::ObjectMapper;
using llvm::json::Path;
using llvm::json::Value;

namespace cocodma {

static bool fromJSON(const Value &Json, BaselineEntry &Out, Path At) {
  ObjectMapper Map(Json, At);
  int64_t Count = 1;
  if (!Map || !Map.map("fingerprint", Out.Fingerprint) ||
      !Map.mapOptional("count", Count) ||
      !Map.mapOptional("check", Out.Check) ||
      !Map.mapOptional("file", Out.File) ||
      !Map.mapOptional("function", Out.Function))
    return false;
  Out.Count = static_cast<unsigned>(Count);
  if (!Out.Fingerprint.empty() && Count > 0 && Count == Out.Count)
    return true;
  At.report("an entry needs a fingerprint and a count of at least 1");
  return false;
}

llvm::Expected<Baseline> readBaseline(StringRef Text, StringRef Name) {
  auto Bad = [&](const Twine &Problem) {
    return llvm::createStringError(
        Name + ": no usable baseline: " + Problem +
        "; write it again with --write-baseline, or restore it");
  };
  llvm::Expected<Value> Json = parseJson(Text);
  if (!Json)
    return Bad(llvm::toString(Json.takeError()));
  const llvm::json::Object *Top = Json->getAsObject();
  if (!Top || Top->getInteger("cocodma_baseline") != 1)
    return Bad("there is no \"cocodma_baseline\": 1 in it");
  const Value *Entries = Top->get("entries");
  if (!Entries)
    return Bad("it has no entries");
  Baseline Result;
  Path::Root Root("entries");
  if (!llvm::json::fromJSON(*Entries, Result, Root))
    return Bad(llvm::toString(Root.getError()));
  llvm::StringMap<bool> Seen;
  for (const BaselineEntry &Entry : Result)
    if (!Seen.try_emplace(Entry.Fingerprint).second)
      return Bad("the fingerprint " + Twine(Entry.Fingerprint) +
                 " is there twice");
  return Result;
}

llvm::Expected<Baseline> readBaselineFile(StringRef Path) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path);
  if (std::error_code Reason = Buffer.getError())
    return llvm::createStringError(
        Reason, Path + ": the baseline cannot be read: " + Reason.message());
  return readBaseline((*Buffer)->getBuffer(), Path);
}

void writeBaseline(const Report &R, llvm::raw_ostream &Out) {
  std::map<std::string, std::pair<const Finding *, unsigned>> Known;
  for (const Finding &F : R.Findings)
    if (!F.Suppression) {
      auto &[First, Count] = Known[F.Fingerprint];
      First = First ? First : &F;
      ++Count;
    }
  llvm::json::OStream Json(Out, 2);
  Json.object([&] {
    Json.attribute("cocodma_baseline", 1);
    Json.attributeArray("entries", [&] {
      for (const auto &[Fingerprint, Entry] : Known)
        Json.object([&, F = Entry.first, Count = Entry.second] {
          Json.attribute("fingerprint", llvm::json::fixUTF8(F->Fingerprint));
          Json.attribute("count", Count);
          Json.attribute("check", llvm::json::fixUTF8(F->Check));
          Json.attribute("file", llvm::json::fixUTF8(F->Location.File));
          Json.attribute("function", llvm::json::fixUTF8(F->Location.Function));
        });
    });
  });
  Out << '\n';
}

static bool isSelected(StringRef File, const std::vector<std::string> &Paths) {
  return Paths.empty() || llvm::any_of(Paths, [&](StringRef Path) {
           StringRef Rest = File;
           return Rest.consume_front(Path) &&
                  (Rest.empty() || Rest.starts_with("/"));
         });
}

void applyBaseline(Report &R, const Baseline &Known) {
  llvm::StringMap<unsigned> Left;
  for (const BaselineEntry &Entry : Known)
    Left[Entry.Fingerprint] = Entry.Count;
  for (Finding &F : R.Findings) {
    auto Entry = Left.find(F.Fingerprint);
    if (Entry != Left.end() && Entry->second) {
      --Entry->second;
      if (F.Change == Change::Introduced)
        F.ChangeNote += F.ChangeNote.empty() ? "it is in the baseline"
                                             : "; it is in the baseline";
      if (F.Change != Change::Changed)
        F.Change = Change::Preexisting;
    } else if (!F.Change) {
      F.Change = Change::Introduced;
    }
  }
  for (const BaselineEntry &Entry : Known)
    if (Left[Entry.Fingerprint] &&
        isSelected(Entry.File, R.Configuration.Paths))
      R.Stale.push_back({Entry.Fingerprint, Entry.Check, Entry.File});
}

} // namespace cocodma
