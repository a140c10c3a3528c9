// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "treeprogram/Processes.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace llvm;

namespace cocodma {

namespace {

int run(const Command &What) {
  std::vector<char *> Arguments;
  Arguments.reserve(What.Words.size() + 1);
  for (const std::string &Word : What.Words)
    Arguments.push_back(const_cast<char *>(Word.c_str()));
  Arguments.push_back(nullptr);
  posix_spawn_file_actions_t Actions;
  posix_spawn_file_actions_init(&Actions);
  posix_spawn_file_actions_addchdir_np(&Actions, What.Directory.c_str());
  posix_spawn_file_actions_addopen(&Actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&Actions, 1, What.Messages.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&Actions, 1, 2);
  pid_t Child = -1;
  int Error = posix_spawnp(&Child, Arguments[0], &Actions, nullptr,
                           Arguments.data(), environ);
  posix_spawn_file_actions_destroy(&Actions);
  if (Error)
    return 127;
  int Status = 0;
  while (waitpid(Child, &Status, 0) < 0 && errno == EINTR)
    ;
  return WIFEXITED(Status) ? WEXITSTATUS(Status) : 128;
}

} // namespace

std::vector<int> runAll(const std::vector<Command> &Commands, unsigned Jobs) {
  std::vector<int> Results(Commands.size(), 127);
  std::atomic<std::size_t> Next = 0;
  auto Work = [&] {
    for (std::size_t I = Next++; I < Commands.size(); I = Next++)
      Results[I] = run(Commands[I]);
  };
  std::vector<std::thread> Threads;
  for (unsigned I = 1; I < Jobs && I < Commands.size(); ++I)
    Threads.emplace_back(Work);
  Work();
  for (std::thread &T : Threads)
    T.join();
  return Results;
}

std::string firstMessages(const std::string &File) {
  auto Buffer = MemoryBuffer::getFile(File);
  if (!Buffer)
    return "";
  SmallVector<StringRef, 8> Lines;
  (*Buffer)->getBuffer().split(Lines, '\n', 6, false);
  if (Lines.size() > 6)
    Lines.pop_back();
  return join(Lines, "\n");
}

Error runOne(const Command &What) {
  int Status = run(What);
  if (!Status)
    return Error::success();
  std::string Why = Status == 127 ? "could not be started; is it installed?\n"
                                  : "failed\n" + firstMessages(What.Messages);
  return createStringError(inconvertibleErrorCode(), What.Words[0] + " " + Why);
}

} // namespace cocodma
