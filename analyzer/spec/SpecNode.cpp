//===- SpecNode.cpp - A JSON value with its place and its errors ----------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SpecNode.h"

#include "llvm/ADT/StringExtras.h"

#include <limits>
#include <set>

using namespace cocodma;
using llvm::StringRef;
using nlohmann::json;

std::string SpecError::text() const {
  std::string Text = File + ": ";
  if (!Pointer.empty())
    Text += Pointer + ": ";
  Text += Problem;
  if (!Remedy.empty())
    Text += "; " + Remedy;
  return Text;
}

std::string cocodma::suggest(StringRef Wrong,
                             llvm::ArrayRef<StringRef> Choices) {
  std::string List;
  StringRef Best;
  unsigned BestDistance = std::max<unsigned>(1, Wrong.size() / 3) + 1;
  for (StringRef Choice : Choices) {
    List += (List.empty() ? "one of " : ", ") + Choice.str();
    unsigned Distance = Wrong.edit_distance(Choice, true, BestDistance);
    if (Distance < BestDistance) {
      Best = Choice;
      BestDistance = Distance;
    }
  }
  if (Best.empty())
    return List;
  return "did you mean '" + Best.str() + "'? (" + List + ")";
}

//===----------------------------------------------------------------------===//
// Syntax
//===----------------------------------------------------------------------===//

namespace {

/// Appends a step to a JSON pointer, escaped as RFC 6901 asks.
std::string extend(StringRef Pointer, StringRef Step) {
  std::string Result = Pointer.str() + "/";
  for (char Character : Step) {
    if (Character == '~')
      Result += "~0";
    else if (Character == '/')
      Result += "~1";
    else
      Result += Character;
  }
  return Result;
}

/// Walks through a text without building anything: finds out where its syntax
/// is wrong, and which keys occur twice.
class SyntaxCheck : public nlohmann::json_sax<json> {
public:
  SyntaxCheck(StringRef File, StringRef Text, std::vector<SpecError> &Errors)
      : File(File), Text(Text), Errors(Errors) {}

  bool null() override { return scalar(); }
  bool boolean(bool) override { return scalar(); }
  bool number_integer(number_integer_t) override { return scalar(); }
  bool number_unsigned(number_unsigned_t) override { return scalar(); }
  bool number_float(number_float_t, const string_t &) override {
    return scalar();
  }
  bool string(string_t &) override { return scalar(); }
  bool binary(binary_t &) override { return scalar(); }
  bool start_object(size_t) override { return open(false); }
  bool start_array(size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t &Key) override {
    Level &Top = Levels.back();
    Top.Key = Key;
    if (!Top.Keys.insert(Key).second)
      Errors.push_back({File.str(), pointer(), "the key occurs twice",
                        "keep one of the two"});
    return true;
  }

  bool parse_error(size_t Position, const std::string &LastToken,
                   const nlohmann::detail::exception &) override {
    size_t Offset = Position ? std::min(Position - 1, Text.size()) : 0;
    StringRef Before = Text.take_front(Offset);
    size_t Line = Before.count('\n') + 1;
    size_t Column = Before.size() - (Before.rfind('\n') + 1) + 1;
    std::string Near = StringRef(LastToken).take_back(20).str();
    Errors.push_back({File.str(), pointer(),
                      "line " + std::to_string(Line) + ", column " +
                          std::to_string(Column) + ": not JSON" +
                          (Near.empty() ? "" : " at '" + Near + "'"),
                      "check commas, quotes and brackets there; JSON has no "
                      "comments and no trailing commas"});
    return false;
  }

private:
  struct Level {
    bool IsArray;
    size_t Index = 0;
    std::string Key;
    std::set<std::string> Keys;
  };

  std::string pointer() const {
    std::string Result;
    for (const Level &L : Levels)
      if (L.IsArray || !L.Keys.empty())
        Result = extend(Result, L.IsArray ? std::to_string(L.Index) : L.Key);
    return Result;
  }
  bool scalar() {
    if (!Levels.empty())
      ++Levels.back().Index;
    return true;
  }
  bool open(bool IsArray) {
    Levels.push_back({IsArray, 0, "", {}});
    return true;
  }
  bool close() {
    Levels.pop_back();
    return scalar();
  }

  StringRef File;
  StringRef Text;
  std::vector<SpecError> &Errors;
  std::vector<Level> Levels;
};

/// A JSON type as people call it.
const char *typeName(const json &Value) {
  if (Value.is_number_float())
    return "a fraction";
  if (Value.is_number())
    return "a number";
  if (Value.is_string())
    return Value.get_ref<const std::string &>().empty() ? "an empty string"
                                                        : "a string";
  if (Value.is_boolean())
    return "a boolean";
  if (Value.is_array())
    return "a list";
  return Value.is_object() ? "an object" : "null";
}

} // namespace

std::optional<json> cocodma::parseJson(StringRef File, StringRef Text,
                                       std::vector<SpecError> &Errors) {
  size_t Before = Errors.size();
  SyntaxCheck Check(File, Text, Errors);
  bool Parsed = json::sax_parse(Text.begin(), Text.end(), &Check);
  if (!Parsed || Errors.size() != Before)
    return std::nullopt;
  return json::parse(Text.begin(), Text.end(), nullptr, false);
}

//===----------------------------------------------------------------------===//
// Access
//===----------------------------------------------------------------------===//

void SpecNode::error(std::string Problem, std::string Remedy) const {
  Errors->push_back(
      {File.str(), Pointer, std::move(Problem), std::move(Remedy)});
}

bool SpecNode::expect(bool Holds, StringRef Wanted) const {
  if (!Holds)
    error(std::string("this is ") + typeName(*Value),
          llvm::Twine("write " + Wanted + " here").str());
  return Holds;
}

SpecNode SpecNode::child(const json &ChildValue, StringRef Step) const {
  SpecNode Result(ChildValue, File, *Errors);
  Result.Pointer = extend(Pointer, Step);
  return Result;
}

bool SpecNode::isObjectOf(llvm::ArrayRef<StringRef> Allowed) const {
  if (!expect(Value->is_object(), "an object"))
    return false;
  for (const auto &[Key, Member] : Value->items())
    if (!llvm::is_contained(Allowed, StringRef(Key)))
      child(Member, Key)
          .error("unknown key '" + Key + "'", suggest(Key, Allowed));
  return true;
}

bool SpecNode::has(StringRef Key) const {
  return Value->is_object() && Value->contains(Key.str());
}

SpecNode SpecNode::at(StringRef Key) const {
  return child(Value->find(Key.str()).value(), Key);
}

bool SpecNode::hasRequired(StringRef Key) const {
  if (has(Key))
    return true;
  error("'" + Key.str() + "' is missing", "add it");
  return false;
}

void SpecNode::forEach(StringRef Key,
                       llvm::function_ref<void(const SpecNode &)> Visit) const {
  if (!has(Key))
    return;
  SpecNode List = at(Key);
  if (!List.expect(List.Value->is_array(), "a list"))
    return;
  for (size_t Index = 0; Index < List.Value->size(); ++Index)
    Visit(List.child((*List.Value)[Index], std::to_string(Index)));
}

void SpecNode::forEachMember(
    StringRef Key,
    llvm::function_ref<void(StringRef, const SpecNode &)> Visit) const {
  if (!has(Key))
    return;
  SpecNode Object = at(Key);
  if (!Object.expect(Object.Value->is_object(), "an object"))
    return;
  for (const auto &[Name, Member] : Object.Value->items())
    Visit(Name, Object.child(Member, Name));
}

std::string SpecNode::requiredString(StringRef Key) const {
  std::string Result;
  if (hasRequired(Key))
    read(Key, Result);
  return Result;
}

void SpecNode::read(StringRef Key, std::string &Into) const {
  if (!has(Key))
    return;
  SpecNode Member = at(Key);
  bool IsText = Member.Value->is_string() &&
                !Member.Value->get_ref<const std::string &>().empty();
  if (Member.expect(IsText, "a string that is not empty"))
    Into = Member.Value->get_ref<const std::string &>();
}

void SpecNode::read(StringRef Key, bool &Into) const {
  if (!has(Key))
    return;
  SpecNode Member = at(Key);
  if (Member.expect(Member.Value->is_boolean(), "true or false"))
    Into = Member.Value->get<bool>();
}

void SpecNode::read(StringRef Key, int64_t &Into) const {
  if (!has(Key))
    return;
  SpecNode Member = at(Key);
  if (Member.expect(Member.Value->is_number_integer(), "a whole number"))
    Into = Member.Value->get<int64_t>();
}

void SpecNode::read(StringRef Key, std::optional<int64_t> &Into) const {
  if (!has(Key))
    return;
  int64_t Number = 0;
  read(Key, Number);
  Into = Number;
}

std::vector<std::string> SpecNode::strings(StringRef Key) const {
  std::vector<std::string> Result;
  forEach(Key, [&](const SpecNode &Item) {
    if (Item.expect(Item.Value->is_string(), "a string"))
      Result.push_back(Item.Value->get<std::string>());
  });
  return Result;
}

std::optional<Argument> SpecNode::argument() const {
  if (Value->is_string() && !Value->get_ref<const std::string &>().empty())
    return Argument(Value->get<std::string>());
  bool IsPosition = Value->is_number_unsigned() && Value->get<uint64_t>() < 256;
  if (!expect(IsPosition, "the 0-based position of an argument, or the type of "
                          "a parameter"))
    return std::nullopt;
  return Argument(Value->get<unsigned>());
}

unsigned SpecNode::requiredPosition(StringRef Key) const {
  if (!hasRequired(Key))
    return 0;
  SpecNode Member = at(Key);
  bool IsPosition =
      Member.Value->is_number_unsigned() && Member.Value->get<uint64_t>() < 256;
  if (!Member.expect(IsPosition, "the 0-based position of an argument"))
    return 0;
  return Member.Value->get<unsigned>();
}

std::optional<size_t>
SpecNode::choice(StringRef What, llvm::ArrayRef<StringRef> Choices) const {
  if (!expect(Value->is_string(), "the name of the " + What.str()))
    return std::nullopt;
  const std::string &Name = Value->get_ref<const std::string &>();
  for (size_t Index = 0; Index < Choices.size(); ++Index)
    if (Choices[Index] == Name)
      return Index;
  error("unknown " + What.str() + " '" + Name + "'", suggest(Name, Choices));
  return std::nullopt;
}
