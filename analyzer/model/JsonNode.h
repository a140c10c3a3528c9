// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading a JSON object with errors that name the place and the remedy.
#ifndef COCODMA_MODEL_JSONNODE_H
#define COCODMA_MODEL_JSONNODE_H

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace cocodma::model {

/// An object of a document that is being read. The first error wins; afterwards
/// all reads give defaults.
class JsonNode {
public:
  /// \p Value and \p Error must outlive the node. \p Path is empty for the
  /// root.
  JsonNode(const nlohmann::json &Value, std::string Path, std::string &Error);

  bool has(const char *Key) const;
  std::string text(const char *Key, std::string Default);
  /// A text that must be there.
  std::string required(const char *Key);
  bool flag(const char *Key, bool Default);
  /// A number, or a text like "0x1000", from 0 to \p Most.
  std::uint64_t number(const char *Key, std::uint64_t Default,
                       std::uint64_t Most);
  /// One of \p Names; the index of \p Default if the key is not there.
  unsigned choice(const char *Key, const std::vector<std::string> &Names,
                  unsigned Default);
  std::vector<std::string> texts(const char *Key);
  /// The objects of an array; empty if it is not there.
  std::vector<JsonNode> objects(const char *Key);
  /// The object under a key; it is empty if the key is not there.
  JsonNode object(const char *Key);

  /// Says what is wrong with the value of \p Key.
  void fail(const std::string &Key, const std::string &Problem);
  /// Complains about keys that nothing asked for.
  void finish();
  bool ok() const { return Error->empty(); }

private:
  const nlohmann::json *find(const char *Key);
  std::string place(const std::string &Key) const;

  const nlohmann::json *Value;
  std::string Path;
  std::string *Error;
  std::set<std::string> Known;
};

/// Names for a message: `a, b or c`.
std::string listOf(const std::vector<std::string> &Names);

} // namespace cocodma::model

#endif // COCODMA_MODEL_JSONNODE_H
