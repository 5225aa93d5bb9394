// links: npk_io
// Input: a resume record. What is accepted is what is written for its text.
#include "fuzz/fuzz_input.h"
#include "io/resume_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace npk;
  const std::string record(reinterpret_cast<const char*>(data), size);
  if (const auto text = io::parse_resume_record(record)) {
    fuzz::require(text->find('\n') == std::string::npos, "one line");
    fuzz::require(io::resume_record(*text) == record, "the same again");
  }
  const std::string line = record.substr(0, record.find('\n'));
  fuzz::require(io::parse_resume_record(io::resume_record(line)) == line, "what is written is accepted");
  return 0;
}
