// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/Formats.h"

#include "report/GitLabWriter.h"
#include "report/HtmlWriter.h"
#include "report/JsonWriter.h"
#include "report/MailWriter.h"
#include "report/MarkdownWriter.h"
#include "report/RdJsonWriter.h"
#include "report/SarifWriter.h"

#include "llvm/ADT/StringSwitch.h"

namespace cocodma {

std::optional<Format> formatOf(llvm::StringRef Name) {
  return llvm::StringSwitch<std::optional<Format>>(Name)
      .Case("text", Format::Text)
      .Case("json", Format::Json)
      .Case("sarif", Format::Sarif)
      .Case("gitlab", Format::GitLab)
      .Case("rdjson", Format::RdJson)
      .Case("markdown", Format::Markdown)
      .Case("mail", Format::Mail)
      .Case("html", Format::Html)
      .Default(std::nullopt);
}

llvm::StringRef formatNames() {
  return "text, json, sarif, gitlab, rdjson, markdown, mail or html";
}

void writeReport(const Report &R, Format How, ReportSources &Sources,
                 const TextOptions &Options, llvm::raw_ostream &Out) {
  switch (How) {
  case Format::Text:
    return writeText(R, Out, Options);
  case Format::Json:
    return writeJson(R, Out);
  case Format::Sarif:
    return writeSarif(R, Sources, Out);
  case Format::GitLab:
    return writeGitLab(R, Out);
  case Format::RdJson:
    return writeRdJson(R, Out);
  case Format::Markdown:
    return writeMarkdown(R, Out);
  case Format::Mail:
    return writeMail(R, Sources.After, Out);
  case Format::Html:
    return writeHtml(R, Sources, Out);
  }
}

} // namespace cocodma
