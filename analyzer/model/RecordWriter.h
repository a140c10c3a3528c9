// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Records of a scenario: an object of JSON a line. Written without a document
// in between, since there are many scenarios and each is a process of its own.
#ifndef COCODMA_MODEL_RECORDWRITER_H
#define COCODMA_MODEL_RECORDWRITER_H

#include "model/ResultArea.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cocodma::model {

/// One record; it is put down as a whole when it goes out of scope.
class Record {
public:
  /// \p Kind says what it is about. \p Into must outlive it.
  Record(ResultArea &Into, std::string_view Kind);
  ~Record();
  Record(const Record &) = delete;
  Record &operator=(const Record &) = delete;

  Record &number(std::string_view Key, std::int64_t Value);
  Record &flag(std::string_view Key, bool Value);
  /// Bytes that are no printable ASCII become question marks.
  Record &text(std::string_view Key, std::string_view Value);
  /// An address, in hexadecimal.
  Record &address(std::string_view Key, std::uint64_t Value);
  Record &addresses(std::string_view Key,
                    const std::vector<std::uintptr_t> &Values);
  Record &texts(std::string_view Key, const std::vector<std::string> &Values);
  /// What follows, up to end(), belongs to an object of its own.
  Record &begin(std::string_view Key);
  Record &end();

private:
  void key(std::string_view Key);
  void quote(std::string_view Value);
  void hex(std::uint64_t Value);

  ResultArea &Into;
  std::string Line;
};

} // namespace cocodma::model

#endif // COCODMA_MODEL_RECORDWRITER_H
