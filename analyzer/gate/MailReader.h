// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mails as mailing lists archive them (RFC 5322, RFC 2045 to 2047, mbox).
#ifndef COCODMA_GATE_MAILREADER_H
#define COCODMA_GATE_MAILREADER_H

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace cocodma {

/// A mail: its subject in UTF-8, and the text of its body and attachments,
/// decoded, one after the other.
struct Mail {
  std::string Subject;
  std::string Text;
};

/// True if \p Text starts like an mbox or like the headers of a mail.
bool looksLikeMail(llvm::StringRef Text);

/// The mails of an mbox, or the one mail that \p Text is. Damaged encodings
/// give what could be decoded; multipart bodies are followed eight levels deep.
std::vector<Mail> readMails(llvm::StringRef Text);

/// \p Text with the escapes of quoted-printable resolved.
std::string decodeQuotedPrintable(llvm::StringRef Text);

} // namespace cocodma

#endif // COCODMA_GATE_MAILREADER_H
