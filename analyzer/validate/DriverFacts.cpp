// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "validate/DriverFacts.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Regex.h"

using namespace llvm;

namespace cocodma {

namespace {

/// The groups of the first match; empty if there is none.
SmallVector<StringRef, 4> firstMatch(StringRef Pattern, StringRef Text) {
  SmallVector<StringRef, 4> Groups;
  if (!Regex(Pattern).match(Text, &Groups))
    Groups.clear();
  return Groups;
}

void readPci(StringRef Source, DriverFacts &Out) {
  auto Ids = firstMatch("\\{ (0x[0-9a-f]+), (0x[0-9a-f]+) \\}", Source);
  Out.Pci = true;
  if (Ids.size() != 3)
    return;
  Out.Vendor = Ids[1].str();
  Out.Function = Ids[2].str();
}

void readVmbus(StringRef Source, DriverFacts &Out) {
  auto Guid = firstMatch("HV_(SCSI|NIC|KBD|ACCEL)_GUID", Source);
  if (!Guid.empty())
    Out.Class = Guid[1] == "KBD" ? "keyboard" : Guid[1].lower();
  auto Callback =
      firstMatch("vmbus_open\\([^;]*, NULL, 0, ([A-Za-z0-9_]+),", Source);
  if (!Callback.empty() && Callback[1] != "NULL")
    Out.Events.push_back("callback");
}

} // namespace

std::optional<DriverFacts> readDriverFacts(StringRef Source) {
  auto Found = firstMatch("struct (hv|pci)_driver [A-Za-z0-9_]+ = "
                          "\\{[[:space:]]*\\.name = \"([^\"]+)\"",
                          Source);
  if (Found.empty())
    return std::nullopt;
  DriverFacts Result;
  Result.Name = Found[2].str();
  if (Found[1] == "pci")
    readPci(Source, Result);
  else
    readVmbus(Source, Result);
  for (const char *Entry : {"complete", "ioctl", "open", "queue",
                            "queue_urgent", "timeout", "xmit", "xmit_urgent"})
    if (Source.contains(std::string(".") + Entry + " = "))
      Result.Entries.push_back(Entry);
  for (const char *Event : {"suspend", "resume"})
    if (Source.contains(std::string(".") + Event + " = "))
      Result.Events.push_back(Event);
  if (!Result.Pci)
    Result.Events.push_back("rescind");
  return Result;
}

} // namespace cocodma
