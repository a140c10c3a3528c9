// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/ProgramRunner.h"
#include "model/Confinement.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cocodma::model {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t MostOutput = std::size_t(256) << 20;

/// The two pipes and the process.
struct Program {
  pid_t Process = -1;
  int Input = -1;
  int Output = -1;
};

/// In the child: nothing but three descriptors, no environment, confined.
[[noreturn]] void becomeProgram(const std::string &Path, int Input, int Output,
                                int Problem) {
  auto Fail = [&Problem](const std::string &Text) {
    if (::write(Problem, Text.data(), Text.size()) < 0)
      _exit(3);
    _exit(2);
  };
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int Null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  // The reason for a failure goes to descriptor 3, which exec closes.
  int Report = fcntl(Problem, F_DUPFD_CLOEXEC, 10);
  if (Null < 0 || Report < 0 || dup2(Input, 0) < 0 || dup2(Output, 1) < 0 ||
      dup2(Null, 2) < 0)
    Fail(std::strerror(errno));
  Problem = Report;
  close_range(3, 9, 0);
  close_range(static_cast<unsigned>(Report) + 1, ~0U, 0);
  std::string Error;
  if (!confineProgram({}, Error))
    Fail(Error);
  char *Arguments[] = {const_cast<char *>("model"), nullptr};
  char *Environment[] = {nullptr};
  execve(Path.c_str(), Arguments, Environment);
  Fail(Path + " cannot be executed: " + std::strerror(errno));
  _exit(2);
}

bool start(const std::string &Path, Program &P, std::string &Error) {
  int In[2], Out[2], Problem[2];
  if (pipe2(In, O_CLOEXEC) || pipe2(Out, O_CLOEXEC) ||
      pipe2(Problem, O_CLOEXEC)) {
    Error = std::string("no pipes are to be had: ") + std::strerror(errno);
    return false;
  }
  P.Process = fork();
  if (P.Process == 0)
    becomeProgram(Path, In[0], Out[1], Problem[1]);
  for (int End : {In[0], Out[1], Problem[1]})
    close(End);
  P.Input = In[1];
  P.Output = Out[0];
  if (P.Process < 0)
    Error = std::string("no process is to be had: ") + std::strerror(errno);
  // Empty if the program was started: exec closes the other end.
  char Text[512];
  ssize_t Size = 0;
  while (P.Process > 0 && (Size = read(Problem[0], Text, sizeof(Text))) < 0 &&
         errno == EINTR)
    ;
  if (Size > 0)
    Error.assign(Text, static_cast<std::size_t>(Size));
  close(Problem[0]);
  return Error.empty();
}

/// Feeds the program and reads what it writes until it closes its end.
bool converse(Program &P, const std::string &Text, unsigned Seconds,
              std::string &Result) {
  auto End = Clock::now() + std::chrono::seconds(Seconds);
  std::size_t Sent = 0;
  fcntl(P.Input, F_SETFL, O_NONBLOCK);
  for (;;) {
    auto Left = std::chrono::duration_cast<std::chrono::milliseconds>(
        End - Clock::now());
    if (Left.count() <= 0 || Result.size() > MostOutput)
      return false;
    pollfd Ends[2] = {{P.Output, POLLIN, 0}, {P.Input, POLLOUT, 0}};
    int Ready =
        poll(Ends, P.Input >= 0 ? 2 : 1, static_cast<int>(Left.count()));
    if (Ready < 0 && errno != EINTR)
      return false;
    if (P.Input >= 0 && Ends[1].revents) {
      ssize_t Size = ::write(P.Input, Text.data() + Sent, Text.size() - Sent);
      Sent += Size > 0 ? static_cast<std::size_t>(Size) : 0;
      if (Sent == Text.size() || (Size < 0 && errno != EAGAIN)) {
        close(P.Input);
        P.Input = -1;
      }
    }
    if (!Ends[0].revents)
      continue;
    char Piece[65536];
    ssize_t Size = read(P.Output, Piece, sizeof(Piece));
    if (Size < 0 && errno == EINTR)
      continue;
    if (Size <= 0)
      return true;
    Result.append(Piece, static_cast<std::size_t>(Size));
  }
}

/// For each scenario a line with the number of its bytes, and these.
std::string inputOf(const std::vector<std::string> &Scenarios) {
  std::string Text;
  for (const std::string &Scenario : Scenarios) {
    Text += std::to_string(Scenario.size());
    Text += '\n';
    Text += Scenario;
  }
  return Text;
}

/// What the program says of one scenario: a line of JSON, and as many bytes
/// as its "size" says. False if there is not that much.
bool takeOutput(std::string_view &Text, ProgramOutput &Result) {
  std::size_t End = Text.find('\n');
  if (End == std::string_view::npos)
    return false;
  json Head = json::parse(Text.substr(0, End), nullptr, false);
  Text.remove_prefix(End + 1);
  std::size_t Size = 0;
  try {
    Result.Problem = Head.value("problem", "");
    Result.Signal = Head.value("signal", 0);
    Result.Status = Head.value("status", 0);
    Result.Truncated = Head.value("truncated", false);
    Size = Head.at("size").get<std::size_t>();
  } catch (const json::exception &) {
    Result.Problem = "the program wrote something that is no result";
    Text = {};
    return true;
  }
  if (Size > Text.size())
    return false;
  Result.Text = Text.substr(0, Size);
  Text.remove_prefix(Size);
  return true;
}

} // namespace

bool runProgram(const std::string &Path,
                const std::vector<std::string> &Scenarios, unsigned Seconds,
                std::vector<ProgramOutput> &Outputs, std::string &Error) {
  // A program that ends early must not take us with it.
  std::signal(SIGPIPE, SIG_IGN);
  Program P;
  std::string Text;
  bool Good = start(Path, P, Error);
  bool InTime = Good && converse(P, inputOf(Scenarios), Seconds, Text);
  if (P.Process > 0) {
    if (!InTime)
      kill(-P.Process, SIGKILL);
    while (waitpid(P.Process, nullptr, 0) < 0 && errno == EINTR)
      ;
    kill(-P.Process, SIGKILL); // Copies of it that are left.
  }
  for (int End : {P.Input, P.Output})
    if (End >= 0)
      close(End);
  if (!Good)
    return false;
  ProgramOutput Next;
  for (std::string_view Rest = Text;
       Outputs.size() < Scenarios.size() && takeOutput(Rest, Next); Next = {})
    Outputs.push_back(std::move(Next));
  while (Outputs.size() < Scenarios.size()) {
    Outputs.emplace_back();
    Outputs.back().Problem =
        InTime ? "the program ended before it was executed"
               : "the program was not done in time and was ended";
  }
  return true;
}

} // namespace cocodma::model
