// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/RunResult.h"

namespace cocodma::model {

using nlohmann::json;

namespace {

std::string operationLine(std::size_t Index, const json &Op) {
  std::string Line = "  " + std::to_string(Index) + ": " +
                     Op["operation"].get<std::string>() + ": " +
                     Op["result"].get<std::string>();
  if (Op["result"] == "error")
    Line += " " + std::to_string(Op["error"].get<int>());
  if (Op.contains("dma")) {
    Line += ", the device is told";
    for (const json &Address : Op["dma"])
      Line += " " + Address.get<std::string>();
  }
  if (Op.contains("device"))
    Line += ", the device's access: " + Op["device"].get<std::string>();
  if (Op.contains("fault"))
    Line += " (" + Op["fault"].get<std::string>() + ")";
  if (Op.contains("device_read"))
    Line += ", it read " + std::to_string(Op["device_read"].get<unsigned>()) +
            " bytes of the data";
  if (Op.contains("delivered"))
    Line += ", " + std::to_string(Op["delivered"].get<unsigned>()) +
            " bytes of the device's data arrived";
  return Line + "\n";
}

std::string sightingLine(const json &S) {
  const std::string Of = S["of"];
  const std::string Kind = S["data"];
  std::string Whose = Kind == "buffer"   ? "buffer " + Of
                      : Kind == "device" ? "what the device delivers into " + Of
                      : Kind == "neighbour"
                          ? "other data in the page at " + Of
                          : "data of the next owner of the memory at " + Of;
  std::uint64_t From = S["offset"], Size = S["size"];
  int Operation = S["operation"];
  return "  the host saw bytes " + std::to_string(From) + " to " +
         std::to_string(From + Size - 1) + " of " + Whose + " at " +
         S["address"].get<std::string>() +
         (Operation < 0 ? " while devices were set up"
                        : " during operation " + std::to_string(Operation)) +
         "\n";
}

} // namespace

std::string resultText(const json &R) {
  std::string Text =
      R["scenario"].get<std::string>() + ": " + R["kernel"].get<std::string>() +
      " on " + R["profile"].get<std::string>() + ", protection " +
      R["protection"].get<std::string>() + ": " + R["end"].get<std::string>();
  if (!R["reason"].get<std::string>().empty())
    Text += " (" + R["reason"].get<std::string>() + ")";
  Text += "\n";
  for (const json &D : R["devices"])
    if (!D["bound"].get<bool>())
      Text += "  device " + D["name"].get<std::string>() +
              " was not taken by its bus or driver\n";
  for (std::size_t I = 0; I < R["operations"].size(); ++I)
    Text += operationLine(I, R["operations"][I]);
  for (const json &S : R["sightings"])
    Text += sightingLine(S);
  if (R["sightings"].empty())
    Text += "  the host saw nothing\n";
  for (const json &Name : R["buffers_left_shared"])
    Text += "  buffer " + Name.get<std::string>() + " is left shared\n";
  if (R["freed_shared"] != 0)
    Text += "  memory was freed while it was shared\n";
  for (const json &E : R["expectations"])
    Text += (E["met"].get<bool>() ? "  met: " : "  NOT MET: ") +
            E["text"].get<std::string>() + "\n";
  return Text;
}

} // namespace cocodma::model
