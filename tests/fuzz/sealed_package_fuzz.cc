// links: npk_fuzz_packages npk_ops_read
// Input: a package sealed for the key below (the seeds are), whose checksums in the clear are made right. Reading it from
// a file and from a pipe comes to an end, and of what verification finds sound every byte can be read.
#include <algorithm>

#include "fuzz/fuzz_input.h"
#include "fuzz/packages.h"
#include "npk/files.h"
#include "npk/frame_parser.h"
#include "npk/ops/verify.h"

namespace {

using namespace npk;

// The example of the age specification.
constexpr std::string_view kIdentity = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

std::shared_ptr<const std::vector<Identity>> keys() {
  std::vector<Identity> identities;
  identities.push_back(Identity::parse(kIdentity).value());
  return std::make_shared<const std::vector<Identity>>(std::move(identities));
}

// Whether all of it parses.
bool parse(ByteView package, BlockBodies bodies) {
  FrameParser parser(fuzz::limits(), keys(), bodies);
  FrameEvent event;
  if (!parser.feed(package)) return false;
  for (;;) {
    const auto found = parser.next(event);
    if (!found) return false;
    if (!*found) return parser.finish().has_value();
  }
}

// True if every entry can be read.
bool read_all(ByteView package) {
  constexpr std::uint64_t kMost = 1U << 16;
  const auto reader = PackageReader::open(memory_source(package), {.limits = fuzz::limits(), .identities = keys()});
  if (!reader) return false;
  bool all = true;
  const auto read = reader->for_each([&](const Entry& entry) {
    if (entry.row().kind != EntryKind::regular) return true;
    auto stream = reader->open_stream(entry);
    Bytes content(static_cast<std::size_t>(std::min(entry.row().size, kMost)) + 1);
    all = all && stream.has_value() && stream->read(content).has_value();
    return true;
  });
  return all && read.has_value();
}

void use(ByteView package) {
  const bool parsed = parse(package, BlockBodies::opened);
  fuzz::require(!parsed || parse(package, BlockBodies::as_stored), "what opens can be handed out as it is");
  ops::VerifyOptions options;
  options.threads = 1;
  options.limits = fuzz::limits();
  options.identities = keys();
  const auto report = ops::verify(memory_source(package), options);
  const bool read = read_all(package);
  fuzz::require(!report || !report->is_sound() || (parsed && read), "a sound package is read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes package(data, data + size);
  use(package);
  fuzz::reseal(package);
  use(package);
  return 0;
}
