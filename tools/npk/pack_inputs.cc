#include "pack_inputs.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include "npk/files.h"

namespace npk::tools {
namespace {

Result<std::string> read_all(SequentialSource& source) {
  constexpr std::size_t kPieceBytes = 64U << 10;
  Bytes piece(kPieceBytes);
  std::string text;
  for (;;) {
    NPK_ASSIGN(const std::size_t count, source.read(piece));
    if (count == 0) return text;
    text += as_text(ByteView(piece).first(count));
  }
}

// Also what can only be read once, as a shell's <(command).
Result<std::string> read_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return std::unexpected(Error{.code = Errc::io, .message = "can't open", .path = path, .system_errno = errno});
  auto text = read_all(*fd_source(descriptor, path));
  ::close(descriptor);
  return text;
}

class InputList {
 public:
  explicit InputList(SequentialSource& standard_input) : standard_input_(standard_input) {}

  Result<void> add(const OptionParser::Given& given) {
    if (given.name == "directory") enter(given.value);
    else if (given.name == "files-from") return add_list(given.value);
    else if (given.name == "PATH" && given.value == "-") return add_standard_input();
    else if (given.name == "PATH") inputs_.paths.push_back({given.value, directory_});
    return {};
  }
  [[nodiscard]] PackInputs take() { return std::move(inputs_); }

 private:
  void enter(const std::string& directory) {
    if (directory.starts_with('/') || directory_ == ".") directory_ = directory;
    else directory_ += "/" + directory;
  }

  Result<void> claim_standard_input(const char* purpose) {
    if (standard_input_claimed_) return fail(Errc::misuse, std::string("standard input can't be ") + purpose + " as well");
    standard_input_claimed_ = true;
    return {};
  }

  Result<void> add_standard_input() {
    NPK_TRY(claim_standard_input("an entry"));
    inputs_.standard_input = true;
    return {};
  }

  Result<void> add_list(const std::string& file) {
    if (file == "-") NPK_TRY(claim_standard_input("a list of files"));
    NPK_ASSIGN(const std::string text, file == "-" ? read_all(standard_input_) : read_file(file));
    for (std::size_t start = 0; start < text.size();) {
      const std::size_t end = std::min(text.find('\n', start), text.size());
      if (end > start) inputs_.paths.push_back({text.substr(start, end - start), directory_});
      start = end + 1;
    }
    return {};
  }

  SequentialSource& standard_input_;
  PackInputs inputs_;
  std::string directory_ = ".";
  bool standard_input_claimed_ = false;
};

}  // namespace

Result<PackInputs> pack_inputs(const std::vector<OptionParser::Given>& given, SequentialSource& standard_input) {
  InputList list(standard_input);
  for (const OptionParser::Given& one : given) NPK_TRY(list.add(one));
  return list.take();
}

}  // namespace npk::tools
