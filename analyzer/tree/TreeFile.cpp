// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tree/TreeFile.h"

#include "report/JsonReader.h"
#include "report/JsonWriter.h"
#include "spec/SpecReader.h"
#include "summary/Serialization.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

#include <cstring>

namespace cocodma {
namespace {

constexpr char Magic[8] = {'c', 'o', 'c', 'o', 't', 'r', 'e', 'e'};

/// The fixed part in front.
struct Header {
  char Magic[8];
  uint32_t Version;
  uint32_t Reserved;
  uint64_t HeadSize; ///< Bytes of the head, which is JSON; the rest follows.
  uint64_t Checksum; ///< Of all behind this header.
};

llvm::Error wrong(llvm::StringRef Name, const llvm::Twine &What) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 Name + ": " + What +
                                     "; write it again with `cocodma link`");
}

std::string hashText(uint64_t Hash) { return llvm::utohexstr(Hash); }

/// The hash of the file that a unit's source is; empty if it is not known.
std::string contentOf(const UnitSummary &Unit) {
  for (const Dependency &File : Unit.Dependencies) {
    // Relative to the folder that the compiler ran in, which is not kept.
    llvm::SmallString<256> Path(File.Path);
    llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
    llvm::StringRef Below = Path;
    while (Below.consume_front("../")) {
    }
    if (Below == Unit.Source ||
        llvm::StringRef(Unit.Source).ends_with(("/" + Below).str()))
      return hashText(File.Hash);
  }
  return "";
}

} // namespace

void writeTree(const TreeHead &Head, llvm::ArrayRef<UnitSummary> Units,
               llvm::raw_ostream &Out) {
  std::string Judged;
  llvm::raw_string_ostream JudgedOut(Judged);
  writeJson(Head.Judged, JudgedOut);
  std::string Rest = Judged;
  llvm::json::Array Entries, Specs;
  for (const UnitSummary &Unit : Units) {
    std::string Bytes = serialize(Unit);
    Entries.push_back(
        llvm::json::Object{{"source", llvm::json::fixUTF8(Unit.Source)},
                           {"content", contentOf(Unit)},
                           {"size", int64_t(Bytes.size())}});
    Rest += Bytes;
  }
  for (const SpecLayer &Layer : Head.Specs)
    Specs.push_back(
        llvm::json::Object{{"name", llvm::json::fixUTF8(Layer.Name)},
                           {"text", llvm::json::fixUTF8(Layer.Text)}});
  llvm::json::Value Json =
      llvm::json::Object{{"root", llvm::json::fixUTF8(Head.Root)},
                         {"specs", std::move(Specs)},
                         {"profiles", llvm::json::Array(Head.Profiles)},
                         {"report", int64_t(Judged.size())},
                         {"units", std::move(Entries)}};
  std::string Body;
  llvm::raw_string_ostream(Body) << Json;
  Header Front = {};
  std::memcpy(Front.Magic, Magic, sizeof(Magic));
  Front.Version = TreeFileVersion;
  Front.HeadSize = Body.size();
  Body += Rest;
  Front.Checksum = llvm::xxh3_64bits(Body);
  Out.write(reinterpret_cast<const char *>(&Front), sizeof(Front));
  Out << Body;
}

llvm::Error TreeFile::readHead(llvm::StringRef Text, llvm::StringRef Rest) {
  llvm::Expected<llvm::json::Value> Json = parseJson(Text);
  if (!Json)
    return wrong(Name, llvm::toString(Json.takeError()));
  const llvm::json::Object *Map = Json->getAsObject();
  const llvm::json::Array *Specs = Map ? Map->getArray("specs") : nullptr;
  const llvm::json::Array *Profiles = Map ? Map->getArray("profiles") : nullptr;
  const llvm::json::Array *Entries = Map ? Map->getArray("units") : nullptr;
  std::optional<llvm::StringRef> Root =
      Map ? Map->getString("root") : std::nullopt;
  std::optional<int64_t> ReportSize =
      Map ? Map->getInteger("report") : std::nullopt;
  if (!Specs || !Profiles || !Entries || !Root || !ReportSize)
    return wrong(Name, "its head lacks a member");
  Head.Root = Root->str();
  for (const llvm::json::Value &Profile : *Profiles)
    Head.Profiles.push_back(Profile.getAsString().value_or("").str());
  for (const llvm::json::Value &Layer : *Specs)
    if (const llvm::json::Object *Fields = Layer.getAsObject())
      Head.Specs.push_back({Fields->getString("name").value_or("").str(),
                            Fields->getString("text").value_or("").str()});
  auto Take = [&Rest](int64_t Size) -> std::optional<llvm::StringRef> {
    if (Size < 0 || uint64_t(Size) > Rest.size())
      return std::nullopt;
    llvm::StringRef Taken = Rest.take_front(Size);
    Rest = Rest.drop_front(Size);
    return Taken;
  };
  std::optional<llvm::StringRef> Judged = Take(*ReportSize);
  if (!Judged)
    return wrong(Name, "it is cut off");
  for (const llvm::json::Value &Unit : *Entries) {
    const llvm::json::Object *Fields = Unit.getAsObject();
    std::optional<llvm::StringRef> UnitBytes =
        Take(Fields ? Fields->getInteger("size").value_or(-1) : -1);
    if (!UnitBytes)
      return wrong(Name, "it is cut off");
    Units.push_back({Fields->getString("source").value_or("").str(),
                     Fields->getString("content").value_or("").str(),
                     *UnitBytes});
  }
  llvm::Expected<Report> R = readReport(*Judged, Name);
  if (!R)
    return wrong(Name, llvm::toString(R.takeError()));
  Head.Judged = std::move(*R);
  return llvm::Error::success();
}

llvm::Expected<TreeFile>
TreeFile::read(std::unique_ptr<llvm::MemoryBuffer> Bytes,
               llvm::StringRef Name) {
  TreeFile Result;
  Result.Name = Name.str();
  llvm::StringRef Text = Bytes->getBuffer();
  Header Front;
  if (Text.size() < sizeof(Front))
    return wrong(Name, "not what `cocodma link` writes");
  std::memcpy(&Front, Text.data(), sizeof(Front));
  Text = Text.drop_front(sizeof(Front));
  if (std::memcmp(Front.Magic, Magic, sizeof(Magic)) != 0)
    return wrong(Name, "not what `cocodma link` writes");
  if (Front.Version != TreeFileVersion)
    return wrong(Name, "of another version of cocodma");
  if (Front.HeadSize > Text.size() || Front.Checksum != llvm::xxh3_64bits(Text))
    return wrong(Name, "damaged");
  Result.Bytes = std::move(Bytes);
  if (llvm::Error E = Result.readHead(Text.take_front(Front.HeadSize),
                                      Text.drop_front(Front.HeadSize)))
    return std::move(E);
  std::vector<SpecError> Errors;
  for (const SpecLayer &Layer : Result.Head.Specs)
    if (Errors.empty())
      Errors = readSpecText(Layer.Name, Layer.Text, Result.Vocabulary);
  if (!Errors.empty())
    return wrong(Name, Errors.front().text());
  return Result;
}

llvm::Expected<TreeFile> TreeFile::open(llvm::StringRef Path) {
  // A device or a pipe may never come to an end.
  llvm::sys::fs::file_status Status;
  if (!llvm::sys::fs::status(Path, Status) &&
      !llvm::sys::fs::is_regular_file(Status))
    return wrong(Path, "is no regular file");
  auto Buffer = llvm::MemoryBuffer::getFile(Path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!Buffer)
    return wrong(Path, "cannot be read: " + Buffer.getError().message());
  return read(std::move(*Buffer), Path);
}

std::vector<const Profile *> TreeFile::profiles() const {
  std::vector<const Profile *> Result;
  for (const std::string &Wanted : Head.Profiles)
    if (const Profile *Known = Vocabulary.profile(Wanted))
      Result.push_back(Known);
  return Result;
}

std::vector<std::string> TreeFile::changedSources() const {
  std::vector<std::string> Result;
  for (const Entry &Unit : Units) {
    if (Unit.Content.empty())
      continue;
    auto Now = llvm::MemoryBuffer::getFile(Unit.Source);
    if (!Now ||
        hashText(llvm::xxh3_64bits((*Now)->getBuffer())) != Unit.Content)
      Result.push_back(Unit.Source);
  }
  return Result;
}

llvm::Expected<UnitSummary> TreeFile::unit(size_t Unit) const {
  llvm::Expected<UnitSummary> Result = deserialize(Units[Unit].Bytes);
  if (!Result)
    return wrong(Name, Units[Unit].Source + ": " +
                           llvm::toString(Result.takeError()));
  return Result;
}

} // namespace cocodma
