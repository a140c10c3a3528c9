// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What parts of the execution found, kept between runs.
#ifndef COCODMA_TREE_PARTCACHE_H
#define COCODMA_TREE_PARTCACHE_H

#include "judge/Judge.h"
#include "lifecycle/Parts.h"
#include "tree/PartArchive.h"
#include "tree/UnitFingerprints.h"

namespace cocodma {

/// Takes over what a part found if nothing that it looked at then has another
/// fingerprint now, and keeps it otherwise. A damaged entry is said on
/// standard error and made again; that one cannot be written is no error.
class PartCache : public PartRunner {
public:
  /// Borrows all. \p Folder may be empty: nothing is kept, but parts are
  /// executed apart from each other all the same. \p How names what parts
  /// depend on besides the units.
  PartCache(std::string Folder, std::string How, const Program &Linked,
            Evaluator &Engine, Judge &Verdicts, UnitFingerprints &Units);

  void runCommon(llvm::function_ref<void()> Execute) override;
  void run(const PartName &Name, llvm::function_ref<void()> Execute) override;

private:
  std::string keyOf(const PartName &Name);
  /// Where entries of a part may be. What it started from need not be the same
  /// in all of them: the two sides of a patch of the bus, or several patches.
  std::vector<std::string> pathsOf(llvm::StringRef Key) const;
  /// Of these, one that is free, or the one that was used longest ago.
  std::string placeFor(llvm::StringRef Key) const;
  /// The fingerprint that something has now; nothing if it is not there.
  std::optional<uint64_t> fingerprint(Consulted::Kind What,
                                      llvm::StringRef Name);
  bool fits(const std::vector<Consulted> &LookedAt);
  std::optional<PartResult> read(llvm::StringRef Key);
  void write(llvm::StringRef Key, const PartResult &Found,
             const ReadLog &Reads);
  PartResult execute(llvm::function_ref<void()> Execute, ReadLog &Reads);

  static constexpr unsigned Variants = 4;

  std::string Folder, How;
  const Program &Linked;
  Evaluator &Engine;
  Judge &Verdicts;
  UnitFingerprints &Units;
  ProgramNames Names;
  std::map<FunctionId, uint64_t> KnownOfPart; ///< Of PartName.
  ReadLog Common; ///< What the parts from now on start from.
};

} // namespace cocodma

#endif // COCODMA_TREE_PARTCACHE_H
