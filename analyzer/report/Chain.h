// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The way of the data in five links: channel, buffer, mapping, pool, host.
#ifndef COCODMA_REPORT_CHAIN_H
#define COCODMA_REPORT_CHAIN_H

#include "report/Report.h"

namespace cocodma {

/// A link of the chain.
struct ChainLink {
  /// "channel", "buffer", "mapping", "pool", "host".
  std::string Name;
  /// What it is here; data of the report, to be escaped.
  std::string Detail;
  /// The host can read it.
  bool Shared = false;
};

/// The links of \p F, from the data's owner to who must not see it. Where a
/// mapping fails the host is not reached; a finding that says nothing about the
/// way of data has no links.
std::vector<ChainLink> chainOf(const Finding &F);

} // namespace cocodma

#endif // COCODMA_REPORT_CHAIN_H
