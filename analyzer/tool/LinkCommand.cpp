// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/LinkCommand.h"

#include "report/AtomicFile.h"
#include "report/Escape.h"
#include "spec/Spec.h"
#include "tool/Options.h"
#include "tree/TreeFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace cocodma {

int runLink() {
  if (int Bad = checkBuildOptions())
    return Bad;
  if (Output == "-")
    return usageError("-o FILE is missing: where to write what the clang-tidy "
                      "plugin reads (coco.Summaries)");
  AnalyzeOptions Options = analyzeOptions();
  Options.ShareHeaders = false; // clang-tidy does not either.
  TreeHead Head;
  Head.Specs.push_back({"built-in spec", builtinSpecText().str()});
  for (const std::string &File : Options.Specs) {
    auto Text = llvm::MemoryBuffer::getFile(File);
    // analyze() says so if it cannot be read.
    Head.Specs.push_back({File, Text ? (*Text)->getBuffer().str() : ""});
  }
  AnalyzeDetails Details;
  Details.KeepUnits = true;
  llvm::Expected<Report> Judged = analyze(Options, &Details);
  if (!Judged)
    return usageError(llvm::toString(Judged.takeError()));
  llvm::SmallString<256> Root;
  if (llvm::sys::fs::real_path(kernelRoot(Options), Root))
    return usageError(kernelRoot(Options) + ": no such folder");
  Head.Root = Root.str().str();
  Head.Profiles = Judged->Profiles;
  // What the tree's own verdicts leave open is no fault of the file.
  bool IsWhole = true;
  for (const Skipped &Unit : Judged->Skipped)
    if (Unit.Kind == "unit") {
      IsWhole = false;
      llvm::errs() << "cocodma: warning: " << plainText(Unit.What)
                   << " is missing: " << plainText(Unit.Reason) << "\n";
    }
  Head.Judged = std::move(*Judged);
  if (llvm::Error E = writeFileAtomically(Output, [&](llvm::raw_ostream &Out) {
        writeTree(Head, Details.Units, Out);
      }))
    return usageError(llvm::toString(std::move(E)));
  return IsWhole ? Clean : Incomplete;
}

} // namespace cocodma
