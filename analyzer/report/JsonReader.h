//===- JsonReader.h - Reads a report back -----------------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_REPORT_JSONREADER_H
#define COCODMA_REPORT_JSONREADER_H

#include "Report.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace cocodma {

/// Parses JSON that may be hostile: text nested deeper than 100 levels is
/// refused, since the parser recurses. The error says where the text is wrong.
llvm::Expected<llvm::json::Value> parseJson(llvm::StringRef Text);

/// The report whose JSON form (docs/report.schema.json) is \p Text. \p Name is
/// what errors call it; they say which member is wrong. Members that this
/// version does not know are ignored; another schema version is an error.
llvm::Expected<Report> readReport(llvm::StringRef Text, llvm::StringRef Name);

/// As readReport(), for the file \p Path; "-" is standard input.
llvm::Expected<Report> readReportFile(llvm::StringRef Path);

} // namespace cocodma

#endif // COCODMA_REPORT_JSONREADER_H
