// links: npk_fuzz_packages
// Input: a number that chooses how the rest, a package, is sliced. The events and the end are those of one slice, and
// no more bytes count than were fed.
#include <optional>
#include <random>
#include <vector>

#include "fuzz/fuzz_input.h"
#include "fuzz/packages.h"
#include "npk/frame_parser.h"

namespace {

using namespace npk;

struct Parse {
  std::vector<std::pair<std::uint64_t, Digest>> events;
  std::optional<Error> error;
  std::uint64_t position = 0;
  FrameParserCounts counts;
};

template <class SliceBytes>
Result<void> feed_all(FrameParser& parser, ByteView package, SliceBytes slice_bytes, Parse& out) {
  FrameEvent event;
  while (!package.empty()) {
    const std::size_t count = std::min<std::size_t>(slice_bytes(), package.size());
    NPK_TRY(parser.feed(package.first(count)));
    package = package.subspan(count);
    for (;;) {
      NPK_ASSIGN(const bool found, parser.next(event));
      if (!found) break;
      const bool whole = event.kind == FrameEvent::Kind::body;
      fuzz::require(!whole || event.body.size() == event.header.stored_length, "a body as long as its header says");
      out.events.emplace_back(event.position, whole ? event.hash : Digest());
    }
  }
  return parser.finish();
}

template <class SliceBytes>
Parse parse(ByteView package, SliceBytes slice_bytes) {
  FrameParser parser(fuzz::limits());
  Parse out;
  if (auto done = feed_all(parser, package, slice_bytes, out); !done) out.error = std::move(done).error();
  out.position = parser.position();
  out.counts = parser.counts();
  fuzz::require(out.counts.bytes <= package.size(), "no more bytes than were fed");
  fuzz::require(out.counts.crossings <= out.counts.frames, "no more crossings than frames");
  return out;
}

void use(std::uint64_t seed, ByteView package) {
  const Parse whole = parse(package, [&] { return package.size(); });
  std::mt19937_64 random(seed);
  const std::size_t most = std::size_t{1} << (seed % 14);
  const Parse sliced = parse(package, [&] { return 1 + random() % most; });
  fuzz::require(sliced.events == whole.events && sliced.position == whole.position, "the same events");
  fuzz::require(sliced.error.has_value() == whole.error.has_value(), "the same end");
  fuzz::require(!whole.error || (sliced.error->code == whole.error->code && sliced.error->message == whole.error->message),
                "the same error");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const auto seed = input.take<std::uint64_t>();
  const ByteView package = input.rest();
  use(seed, package);
  Bytes resealed(package.begin(), package.end());
  fuzz::reseal(resealed);
  use(seed, resealed);
  return 0;
}
