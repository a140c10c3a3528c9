// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/RecordWriter.h"

#include <charconv>

namespace cocodma::model {

Record::Record(ResultArea &Into, std::string_view Kind) : Into(Into) {
  Line.reserve(400);
  Line += '{';
  text("record", Kind);
}

Record::~Record() {
  Line += "}\n";
  Into.append(Line);
}

void Record::key(std::string_view Key) {
  if (Line.back() != '{')
    Line += ',';
  quote(Key);
  Line += ':';
}

void Record::quote(std::string_view Value) {
  Line += '"';
  for (char C : Value) {
    if (C == '"' || C == '\\')
      Line += '\\';
    Line += C >= ' ' && C < 0x7f ? C : '?';
  }
  Line += '"';
}

void Record::hex(std::uint64_t Value) {
  char Digits[16];
  Line += "\"0x";
  Line.append(Digits, std::to_chars(Digits, Digits + 16, Value, 16).ptr);
  Line += '"';
}

Record &Record::number(std::string_view Key, std::int64_t Value) {
  char Digits[24];
  key(Key);
  Line.append(Digits, std::to_chars(Digits, Digits + 24, Value).ptr);
  return *this;
}

Record &Record::flag(std::string_view Key, bool Value) {
  key(Key);
  Line += Value ? "true" : "false";
  return *this;
}

Record &Record::text(std::string_view Key, std::string_view Value) {
  key(Key);
  quote(Value);
  return *this;
}

Record &Record::address(std::string_view Key, std::uint64_t Value) {
  key(Key);
  hex(Value);
  return *this;
}

Record &Record::addresses(std::string_view Key,
                          const std::vector<std::uintptr_t> &Values) {
  key(Key);
  Line += '[';
  for (std::uintptr_t Value : Values) {
    if (Line.back() != '[')
      Line += ',';
    hex(Value);
  }
  Line += ']';
  return *this;
}

Record &Record::texts(std::string_view Key,
                      const std::vector<std::string> &Values) {
  key(Key);
  Line += '[';
  for (const std::string &Value : Values) {
    if (Line.back() != '[')
      Line += ',';
    quote(Value);
  }
  Line += ']';
  return *this;
}

Record &Record::begin(std::string_view Key) {
  key(Key);
  Line += '{';
  return *this;
}

Record &Record::end() {
  Line += '}';
  return *this;
}

} // namespace cocodma::model
