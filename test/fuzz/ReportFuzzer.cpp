// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes as a JSON report: what is read is written in every form.
#include "report/Formats.h"
#include "report/JsonReader.h"

#include "llvm/Support/raw_ostream.h"

using namespace cocodma;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  llvm::Expected<Report> R = readReport(
      llvm::StringRef(reinterpret_cast<const char *>(Data), Size), "input");
  if (!R) {
    llvm::consumeError(R.takeError());
    return 0;
  }
  ReportSources Sources;
  for (Format How :
       {Format::Text, Format::Json, Format::Sarif, Format::GitLab,
        Format::RdJson, Format::Markdown, Format::Mail, Format::Html}) {
    std::string Text;
    llvm::raw_string_ostream Out(Text);
    writeReport(*R, How, Sources, {}, Out);
    // No terminal escape gets through, in any form.
    if (Text.find('\033') != std::string::npos)
      abort();
  }
  return 0;
}
