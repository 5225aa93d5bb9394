// Gets a passphrase as the command does, for passphrase_test.py, and prints it with an x on each side:
//   passphrase_driver ask WHAT opening|creating
//   passphrase_driver stoppable WHAT opening|creating    where SIGINT and SIGTERM ask to stop, as in `npk pack`
//   passphrase_driver read DESCRIPTOR opening|creating
// Exit status 1 with "CODE: MESSAGE" on standard error for an error.
#include <chrono>
#include <iostream>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "tools/npk/interruption.h"
#include "tools/npk/passphrase.h"

namespace {

using namespace npk;

Result<SecretBytes> get(const std::string& how, const std::string& what, tools::PassphraseUse use) {
  if (how == "read") return tools::read_passphrase(std::stoi(what), use);
  return tools::ask_passphrase(what, use);
}

// The stop is asked for by another thread, soon.
std::string_view stop_state(const std::stop_token& stop, bool is_expected) {
  for (int i = 0; i < 1000 && is_expected && !stop.stop_requested(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return stop.stop_requested() ? "stop requested\n" : "not stopped\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string how = argv[1], what = argv[2], use = argv[3];
  std::optional<tools::Interruption> interruption;
  if (how == "stoppable") interruption.emplace();
  const auto passphrase =
      get(how, what, use == "creating" ? tools::PassphraseUse::creating : tools::PassphraseUse::opening);
  if (interruption) std::cout << stop_state(interruption->token(), !passphrase);
  if (!passphrase) {
    std::cerr << errc_name(passphrase.error().code) << ": " << passphrase.error().to_string() << "\n";
    return 1;
  }
  std::cout << "x" << as_text(passphrase->view()) << "x\n";
  return 0;
}
