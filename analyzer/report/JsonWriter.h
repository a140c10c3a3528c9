//===- JsonWriter.h - A report as JSON --------------------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_REPORT_JSONWRITER_H
#define COCODMA_REPORT_JSONWRITER_H

#include "Report.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// Writes \p R to \p Out in the form of docs/report.schema.json: indented, keys
/// in a fixed order, items in the order of sortReport() whatever their order in
/// \p R. Bytes that are no UTF-8 are replaced.
void writeJson(const Report &R, llvm::raw_ostream &Out);

} // namespace cocodma

#endif // COCODMA_REPORT_JSONWRITER_H
