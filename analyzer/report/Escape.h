// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What comes from the code under analysis is data: it may hold terminal
// escapes, HTML, or bytes that are no text. Every writer passes it through one
// of these.
#ifndef COCODMA_REPORT_ESCAPE_H
#define COCODMA_REPORT_ESCAPE_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace cocodma {

/// \p Text as valid UTF-8 on one line: tabs and newlines become spaces; other
/// control characters, and those that turn the direction of text, are shown as
/// escapes (`\x1B`, `\u202E`).
std::string plainText(llvm::StringRef Text);

/// As plainText(), but tabs stay what they are: for lines of source.
std::string plainSource(llvm::StringRef Line);

/// \p Text for the text and the quoted attributes of HTML.
std::string htmlText(llvm::StringRef Text);

/// \p Text for Markdown: what would be markup, HTML or a mention is escaped.
std::string markdownText(llvm::StringRef Text);

/// \p Text as a code span of Markdown, however many backticks it has.
std::string markdownCode(llvm::StringRef Text);

/// A relative path as a relative URI (RFC 3986, percent encoding), which a ".."
/// does not lead out of its base; an absolute path as a file URI.
std::string uriPath(llvm::StringRef Path);

} // namespace cocodma

#endif // COCODMA_REPORT_ESCAPE_H
