// links: npk_fuzz_packages
// also: spec/vectors/*.npk
// Input: a package, whose length chooses how it is handed out. The walker over a pipe and the scanner over positions
// see the same frames up to the first error, and the scanner comes to an end past any damage.
#include <memory>
#include <vector>

#include "fuzz/fuzz_input.h"
#include "fuzz/packages.h"
#include "fuzz/piece_source.h"
#include "npk/files.h"
#include "package/reader/frames/frame_walker.h"

namespace {

using namespace npk;
using reader::Frame;

struct Walk {
  bool began = false;
  format::PackageTag tag{};
  std::vector<Digest> bodies;
  std::uint64_t end = 0;
  std::optional<Error> error;
};

Walk walk(ByteView package) {
  fuzz::PieceSource source(package, 1 + package.size() % 97);
  reader::FrameWalker walker(source, fuzz::limits());
  Walk out;
  const auto superblock = walker.read_superblock();
  if (!superblock) return out;
  out.began = true;
  out.tag = format::package_tag(superblock->package_id);
  Frame frame;
  for (;;) {
    const auto more = walker.next(frame);
    if (!more) out.error = more.error();
    if (!more || !*more) break;
    out.bodies.push_back(frame.hash);
    fuzz::require(frame.end() == walker.position(), "the walker right behind its frame");
  }
  out.end = walker.position();
  return out;
}

void scan(ByteView package, const Walk& walked) {
  const reader::PackageExtent extent{memory_source(package), 0, package.size(), walked.tag};
  const reader::FrameReader frames(extent, fuzz::limits(), std::make_shared<reader::ReadCounters>());
  reader::FrameScanner scanner(frames);
  Frame frame;
  bool sound = true;
  for (std::size_t seen = 0;;) {
    const std::uint64_t position = scanner.position();
    const auto more = scanner.next(frame);
    if (more && !*more) break;
    if (more) {
      fuzz::require(!sound || (seen < walked.bodies.size() && walked.bodies[seen] == frame.hash),
                    "the frames of the walker");
      fuzz::require(scanner.position() > position, "a step forward");
      ++seen;
      continue;
    }
    if (sound) fuzz::require(seen == walked.bodies.size() && walked.error, "an error where the walker has one");
    sound = false;
    const auto resumed = scanner.resync();
    fuzz::require(resumed.has_value(), "memory that can be read");
    if (!*resumed) break;
    fuzz::require(scanner.position() > position, "a step past the damage");
  }
  if (sound) fuzz::require(!walked.error && walked.end == scanner.position(), "an end where the walker has one");
  static_cast<void>(reader::find_last_frame(frames));
}

void use(ByteView package) {
  const Walk walked = walk(package);
  if (walked.began) scan(package, walked);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  use({data, size});
  Bytes resealed(data, data + size);
  fuzz::reseal(resealed);
  use(resealed);
  return 0;
}
