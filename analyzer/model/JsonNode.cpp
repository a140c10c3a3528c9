// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/JsonNode.h"

#include <cerrno>
#include <cstdlib>

namespace cocodma::model {

using nlohmann::json;

namespace {
const json &emptyObject() {
  static const json Empty = json::object();
  return Empty;
}
} // namespace

std::string listOf(const std::vector<std::string> &Names) {
  std::string Result;
  for (std::size_t I = 0; I < Names.size(); ++I)
    Result += (I == 0 ? "" : I + 1 == Names.size() ? " or " : ", ") + Names[I];
  return Result;
}

JsonNode::JsonNode(const json &Value, std::string Path, std::string &Error)
    : Value(&Value), Path(std::move(Path)), Error(&Error) {
  if (Value.is_object())
    return;
  if (Error.empty())
    Error = (this->Path.empty() ? "the document" : this->Path) +
            " must be an object, {...}";
  this->Value = &emptyObject();
}

std::string JsonNode::place(const std::string &Key) const {
  return Path.empty() ? Key : Path + "." + Key;
}

void JsonNode::fail(const std::string &Key, const std::string &Problem) {
  if (Error->empty())
    *Error = place(Key) + " " + Problem;
}

const json *JsonNode::find(const char *Key) {
  Known.insert(Key);
  auto Found = Value->find(Key);
  return !ok() || Found == Value->end() ? nullptr : &*Found;
}

bool JsonNode::has(const char *Key) const { return Value->contains(Key); }

std::string JsonNode::text(const char *Key, std::string Default) {
  const json *Found = find(Key);
  if (!Found)
    return Default;
  if (Found->is_string() && !Found->get_ref<const std::string &>().empty())
    return Found->get<std::string>();
  fail(Key, "must be a text that is not empty");
  return Default;
}

std::string JsonNode::required(const char *Key) {
  if (!find(Key))
    fail(Key, "is missing");
  return text(Key, "");
}

bool JsonNode::flag(const char *Key, bool Default) {
  const json *Found = find(Key);
  if (!Found)
    return Default;
  if (!Found->is_boolean())
    fail(Key, "must be true or false");
  return Found->is_boolean() ? Found->get<bool>() : Default;
}

std::uint64_t JsonNode::number(const char *Key, std::uint64_t Default,
                               std::uint64_t Most) {
  const json *Found = find(Key);
  if (!Found)
    return Default;
  bool Good = Found->is_number_unsigned();
  std::uint64_t Result = Good ? Found->get<std::uint64_t>() : 0;
  if (Found->is_string()) {
    const std::string &Text = Found->get_ref<const std::string &>();
    char *End = nullptr;
    errno = 0;
    Result = std::strtoull(Text.c_str(), &End, 16);
    Good = Text.starts_with("0x") && Text.size() > 2 && !*End && !errno;
  }
  if (Good && Result <= Most)
    return Result;
  fail(Key, "must be a whole number from 0 to " + std::to_string(Most) +
                ", or a text like \"0x1000\"");
  return Default;
}

unsigned JsonNode::choice(const char *Key,
                          const std::vector<std::string> &Names,
                          unsigned Default) {
  const json *Found = find(Key);
  if (!Found)
    return Default;
  for (unsigned I = 0; I < Names.size(); ++I)
    if (Found->is_string() && *Found == Names[I])
      return I;
  std::string Given = Found->is_string()
                          ? "is '" + Found->get<std::string>() + "', but "
                          : std::string();
  fail(Key, Given + "must be " + listOf(Names));
  return Default;
}

std::vector<std::string> JsonNode::texts(const char *Key) {
  std::vector<std::string> Result;
  const json *Found = find(Key);
  if (!Found)
    return Result;
  bool Good = Found->is_array();
  for (const json &Item : Good ? *Found : json::array()) {
    Good &= Item.is_string();
    if (Item.is_string())
      Result.push_back(Item.get<std::string>());
  }
  if (!Good)
    fail(Key, "must be a list of texts");
  return Result;
}

std::vector<JsonNode> JsonNode::objects(const char *Key) {
  std::vector<JsonNode> Result;
  const json *Found = find(Key);
  if (!Found)
    return Result;
  if (!Found->is_array()) {
    fail(Key, "must be a list, [...]");
    return Result;
  }
  for (std::size_t I = 0; I < Found->size(); ++I)
    Result.emplace_back((*Found)[I], place(Key) + "[" + std::to_string(I) + "]",
                        *Error);
  return Result;
}

JsonNode JsonNode::object(const char *Key) {
  const json *Found = find(Key);
  return {Found ? *Found : emptyObject(), place(Key), *Error};
}

void JsonNode::finish() {
  for (const auto &[Key, Ignored] : Value->items())
    if (!Known.contains(Key))
      fail(Key,
           "is not known; known are " + listOf({Known.begin(), Known.end()}));
}

} // namespace cocodma::model
