// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All forms in which a report can be written, behind one name each.
#ifndef COCODMA_REPORT_FORMATS_H
#define COCODMA_REPORT_FORMATS_H

#include "report/Report.h"
#include "report/SourceText.h"
#include "report/TextWriter.h"

namespace cocodma {

/// A form of a report.
enum class Format { Text, Json, Sarif, GitLab, RdJson, Markdown, Mail, Html };

/// The form of that name ("text", "json", "sarif", "gitlab", "rdjson",
/// "markdown", "mail", "html"); nothing if there is none.
std::optional<Format> formatOf(llvm::StringRef Name);

/// All names, for messages: "text, json, ...".
llvm::StringRef formatNames();

/// Writes \p R to \p Out in the given form. \p Sources gives the lines that
/// mails and pages quote, and by which columns are told; \p Options is for
/// text.
void writeReport(const Report &R, Format How, ReportSources &Sources,
                 const TextOptions &Options, llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_REPORT_FORMATS_H
