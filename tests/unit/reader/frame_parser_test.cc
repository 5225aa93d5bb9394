// Frames out of slices: whatever the slices, the same events, and what a walk over each vector of the specification is
// known to give (walks_of_vectors.txt, recorded from a walker that read each part of a frame by itself; of sealed ones,
// from the generator's reader).
#include "npk/frame_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <sstream>
#include <tuple>

#include "package/reader/frames/frame_walker.h"
#include "support/package_builder.h"
#include "support/vector_keys.h"

namespace npk {
namespace {

using format::FrameType;
using Kind = FrameEvent::Kind;
using Identities = std::shared_ptr<const std::vector<Identity>>;

// All that a parse gives.
struct Parsed {
  struct Event {
    Kind kind;
    std::uint64_t position;
    format::FrameHeader header;
    Bytes body;
    Digest hash;
    friend bool operator==(const Event&, const Event&) = default;
  };
  std::vector<Event> events;
  std::string end = "ok";  // or the error's code
  std::string message;
  std::uint64_t position = 0;
  FrameParserCounts counts;
};

void take(Parsed& parsed, const FrameEvent& event) {
  const bool has_body = event.kind == Kind::body;
  parsed.events.push_back({event.kind, event.position,
                           event.kind == Kind::superblock ? format::FrameHeader() : event.header,
                           has_body ? event.body : Bytes(), has_body ? event.hash : Digest()});
}

Result<void> feed_all(FrameParser& parser, ByteView bytes, const std::function<std::size_t()>& slice_bytes,
                      Parsed& parsed) {
  FrameEvent event;
  while (!bytes.empty()) {
    const std::size_t count = std::min(slice_bytes(), bytes.size());
    const Bytes slice(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));  // its own heap block
    bytes = bytes.subspan(count);
    NPK_TRY(parser.feed(slice));
    for (;;) {
      NPK_ASSIGN(const bool found, parser.next(event));
      if (!found) break;
      take(parsed, event);
    }
  }
  return parser.finish();
}

Parsed parse(ByteView bytes, const std::function<std::size_t()>& slice_bytes, const Limits& limits = {},
             const Identities& identities = {}) {
  FrameParser parser(limits, identities);
  Parsed parsed;
  const Result<void> done = feed_all(parser, bytes, slice_bytes, parsed);
  if (!done) {
    parsed.end = errc_name(done.error().code);
    parsed.message = done.error().message;
    EXPECT_EQ(done.error().offset, parser.position());
    FrameEvent event;
    EXPECT_EQ(parser.next(event).error().message, parsed.message);  // and for ever
    EXPECT_EQ(parser.feed(bytes).error().message, parsed.message);
    EXPECT_EQ(parser.finish().error().message, parsed.message);
  }
  parsed.position = parser.position();
  parsed.counts = parser.counts();
  return parsed;
}

Parsed parse_whole(ByteView bytes, const Limits& limits = {}, const Identities& identities = {}) {
  return parse(bytes, [&] { return bytes.size(); }, limits, identities);
}

std::uint64_t frames_in(const Parsed& parsed) {
  return static_cast<std::uint64_t>(std::ranges::count(parsed.events, Kind::body, &Parsed::Event::kind));
}

// Everything but the crossings.
void expect_same(const Parsed& found, const Parsed& expected) {
  EXPECT_TRUE(found.events == expected.events);
  EXPECT_EQ(std::tie(found.end, found.message, found.position, found.counts.frames),
            std::tie(expected.end, expected.message, expected.position, expected.counts.frames));
}

void expect_same_however_sliced(ByteView bytes, const Parsed& whole, const Identities& identities = {}) {
  expect_same(parse(bytes, [] { return 1; }, {}, identities), whole);
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    std::mt19937_64 random(seed);
    const std::size_t most = std::size_t{1} << (3 * seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    expect_same(parse(bytes, [&] { return 1 + random() % most; }, {}, identities), whole);
  }
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  return {bytes.begin(), bytes.end()};
}

std::map<std::string, std::string> known_walks() {
  std::ifstream file(NPK_WALKS);
  std::map<std::string, std::string> walks;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) walks[line.substr(0, line.find(' '))] = line;
  }
  return walks;
}

TEST(FrameParser, GivesTheSameForEveryVectorHoweverSliced) {
  const auto walks = known_walks();
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(NPK_VECTORS_DIRECTORY)) {
    if (file.path().extension() != ".npk") continue;
    ++count;
    const std::string name = file.path().stem().string();
    SCOPED_TRACE(name);
    const Bytes bytes = read_file(file.path());
    const Identities identities = test::keys_of_vector(NPK_VECTORS_DIRECTORY, name);
    const Parsed whole = parse_whole(bytes, {}, identities);
    std::ostringstream walk;
    walk << name << ' ' << whole.end << ' ' << frames_in(whole) << ' ' << whole.position;
    ASSERT_TRUE(walks.contains(name)) << "walks_of_vectors.txt lacks the line: " << walk.str();
    EXPECT_EQ(walk.str(), walks.at(name));
    expect_same_however_sliced(bytes, whole, identities);
  }
  EXPECT_EQ(count, walks.size());
  EXPECT_GE(count, 637U);
}

TEST(FrameParser, EventsComeInOrderAndAddUp) {
  const Bytes bytes = test::make_package(1).bytes;
  const Parsed parsed = parse_whole(bytes);
  ASSERT_EQ(parsed.end, "ok") << parsed.message;
  ASSERT_EQ(parsed.events.size(), 1 + 2 * parsed.counts.frames);
  EXPECT_EQ(parsed.events[0].kind, Kind::superblock);
  std::uint64_t position = format::kSuperblockBytes;
  for (std::size_t i = 1; i < parsed.events.size(); i += 2) {
    const Parsed::Event& header = parsed.events[i];
    const Parsed::Event& body = parsed.events[i + 1];
    EXPECT_EQ(std::tuple(header.kind, body.kind), std::tuple(Kind::header, Kind::body));
    EXPECT_EQ(std::tuple(header.position, body.position), std::tuple(position, position));
    EXPECT_TRUE(header.header == body.header);
    EXPECT_EQ(body.body.size(), header.header.stored_length);
    const auto stored = bytes.begin() + static_cast<std::ptrdiff_t>(position + format::kFrameHeaderBytes);
    EXPECT_TRUE(std::equal(body.body.begin(), body.body.end(), stored));
    position += format::kFrameHeaderBytes + body.body.size();
  }
  EXPECT_EQ(position, bytes.size());
  EXPECT_EQ(parsed.counts.bytes, bytes.size());
  EXPECT_EQ(parsed.counts.frames, parsed.events.back().header.sequence + 1);
}

// Cut in two at every position: the frame that the cut lies within crosses, and no other.
TEST(FrameParser, CrossingsAreCountedExactly) {
  const Bytes bytes = test::make_package(3, {.files = 3, .largest_file = 900}).bytes;
  const Parsed whole = parse_whole(bytes);
  EXPECT_EQ(whole.counts.crossings, 0U);
  std::vector<std::uint64_t> borders{0, format::kSuperblockBytes};
  for (const Parsed::Event& event : whole.events) {
    if (event.kind == Kind::body) borders.push_back(event.position + format::kFrameHeaderBytes + event.body.size());
  }
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    const bool within = cut > format::kSuperblockBytes && !std::ranges::binary_search(borders, cut);
    bool first = true;
    const Parsed parsed = parse(bytes, [&] { return std::exchange(first, false) ? cut : bytes.size(); });
    EXPECT_EQ(parsed.counts.crossings, within ? 1U : 0U) << cut;
    ASSERT_EQ(parsed.counts.frames, whole.counts.frames) << cut;
  }
  EXPECT_EQ(parse(bytes, [] { return 1; }).counts.crossings, whole.counts.frames);
}

// Bodies of no bytes, of a slice, of more than two.
TEST(FrameParser, FramesOfAnyLengthBesideTheSlice) {
  constexpr std::size_t kSlice = 4096;
  for (const std::size_t length : {std::size_t{0}, std::size_t{1}, kSlice - 64, kSlice, 3 * kSlice, std::size_t{9} << 20}) {
    test::PackageBuilder builder("lengths");
    const Bytes body(length, 'b');
    for (int i = 0; i < 3; ++i) builder.frame(FrameType::padding, body);
    FrameParser parser;
    Parsed parsed;
    const Result<void> done = feed_all(parser, builder.bytes(), [] { return kSlice; }, parsed);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::truncated) << done.error().message;  // there is no trailer
    ASSERT_EQ(frames_in(parsed), 3U) << length;
    EXPECT_TRUE(parsed.events[2].body == body && parsed.events[6].body == body);
    EXPECT_EQ(parser.counts().bytes, builder.bytes().size());
  }
}

TEST(FrameParser, EveryCutIsTruncated) {
  const Bytes bytes = test::make_package(2, {.files = 4, .largest_file = 1500}).bytes;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(parse_whole(ByteView(bytes).first(size)).end, "truncated") << size;
}

TEST(FrameParser, EveryFlippedBitIsNoticed) {
  const Bytes bytes = test::make_package(2, {.files = 3, .largest_file = 1500, .chunk_bytes = 500}).bytes;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    Bytes flipped = bytes;
    flipped[at] ^= static_cast<std::uint8_t>(1 << (at % 8));
    EXPECT_NE(parse_whole(flipped).end, "ok") << at;
  }
}

TEST(FrameParser, WhatFollowsATrailerIsNoFrame) {
  Bytes bytes = test::make_package(2, {.files = 3}).bytes;
  const std::size_t length = bytes.size();
  for (const std::string_view behind : {"x", "NPK", "xxxx", "NPKf"}) {
    bytes.resize(length);
    bytes.insert(bytes.end(), behind.begin(), behind.end());
    EXPECT_EQ(parse_whole(bytes).end, "trailing_data") << behind;
    EXPECT_EQ(parse(bytes, [] { return 1; }).end, "trailing_data") << behind;
  }
  bytes.resize(length);
  bytes.insert(bytes.end(), {'N', 'P', 'K', 'F'});
  EXPECT_EQ(parse_whole(bytes).end, "truncated");
}

// Refused when the header is whole, not when the body has been waited for; and no memory taken for the claim.
TEST(FrameParser, ALengthBeyondTheLimitIsRefusedAtOnce) {
  test::PackageBuilder builder("limits");
  builder.frame(FrameType::padding, Bytes(1000));
  const ByteView bytes = ByteView(builder.bytes()).first(format::kSuperblockBytes + format::kFrameHeaderBytes);
  Limits limits;
  limits.max_frame_bytes = 999;
  EXPECT_EQ(parse_whole(bytes, limits).end, "limit");
  limits.max_frame_bytes = 1000;
  EXPECT_EQ(parse_whole(bytes, limits).end, "truncated");
}

TEST(FrameParser, ASliceIsUsedUpBeforeTheNext) {
  const Bytes bytes = test::make_package(2, {.files = 3}).bytes;
  FrameParser parser;
  ASSERT_TRUE(parser.feed(bytes));
  EXPECT_EQ(parser.feed(bytes).error().code, Errc::misuse);
  EXPECT_EQ(parser.finish().error().code, Errc::misuse);
  FrameEvent event;
  while (parser.next(event).value()) {
  }
  EXPECT_TRUE(parser.feed({}));
  EXPECT_TRUE(parser.finish());
}

}  // namespace
}  // namespace npk
