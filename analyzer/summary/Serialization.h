// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Unit summaries as bytes. The format is private to one version of the tool: a
// version number and a checksum guard it, and anything that does not fit is an
// error, never a crash.
#ifndef COCODMA_SUMMARY_SERIALIZATION_H
#define COCODMA_SUMMARY_SERIALIZATION_H

#include "summary/UnitSummary.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace cocodma {

/// Increases with every change of UnitSummary or of its meaning.
inline constexpr uint32_t SummaryFormatVersion = 15;

/// \p Unit as bytes; the same unit gives the same bytes.
std::string serialize(const UnitSummary &Unit);

/// The unit behind \p Bytes; an error if they are damaged or of another
/// version.
llvm::Expected<UnitSummary> deserialize(llvm::StringRef Bytes);

} // namespace cocodma

#endif // COCODMA_SUMMARY_SERIALIZATION_H
