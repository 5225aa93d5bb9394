#include "system/soak_session.h"

#include <algorithm>

namespace npk::testing {
namespace {

constexpr std::size_t kMostHeldChunks = 6;
constexpr std::uint64_t kMostSteps = 12;

ByteView slice(ByteView content, std::uint64_t offset, std::size_t length) {
  const std::uint64_t begin = std::min<std::uint64_t>(offset, content.size());
  return content.subspan(static_cast<std::size_t>(begin),
                         static_cast<std::size_t>(std::min<std::uint64_t>(length, content.size() - begin)));
}

}  // namespace

void SoakSession::run() {
  stop_ = slot_.renew();
  const std::size_t number = random_() % soak_.packages_.size();
  const PackageReader& reader = soak_.readers_[number];
  const SoakPackage& package = soak_.packages_[number];
  switch (random_() % 32) {
    case 0:
      return read_reopened(package);
    case 1:
    case 2:
      return read_batch(reader, package);
    case 3:
    case 4:
    case 5:
    case 6:
      return read_shared(number);
    default:
      return read_entry(reader, package);
  }
}

std::size_t SoakSession::draw_length() { return 1 + random_() % (one_in(6) ? 150'000 : one_in(2) ? 9000 : 500); }

std::optional<Entry> SoakSession::look_up(const PackageReader& reader, const SoakPackage& package, std::size_t number) {
  const std::string& path = package.tree.entries()[number].path;
  if (one_in(8)) {
    const auto none = reader.find(path + "?");
    if (!none || *none) soak_.log_.wrong("find gave something for " + path + "?");
  }
  const auto found = one_in(3) ? Result<std::optional<Entry>>(reader.entry(number)) : reader.find(path);
  if (!found || !*found || (*found)->path() != path || (*found)->number() != number) {
    soak_.log_.wrong("no entry " + path + (found ? std::string() : ": " + found.error().to_string()));
    return std::nullopt;
  }
  return *found;
}

StreamOptions SoakSession::draw_options() {
  static constexpr std::uint64_t kChunkBytes[] = {0, 1000, 4096, 50'000, 200'000};
  StreamOptions options;
  options.chunk_bytes = kChunkBytes[random_() % std::size(kChunkBytes)];
  options.buffer_bytes = one_in(3) ? 100'000 : 0;
  options.read_ahead = !one_in(4);
  if (one_in(3)) options.pool = soak_.pool_;
  if (one_in(4)) options.timeout = std::chrono::milliseconds(1);
  if (one_in(2)) options.stop = stop_.get_token();
  return options;
}

void SoakSession::read_entry(const PackageReader& reader, const SoakPackage& package) {
  const std::size_t number = random_() % package.tree.entry_count();
  const TestEntry& expected = package.tree.entries()[number];
  const std::string name = package.path + ":" + expected.path;
  const auto entry = look_up(reader, package, number);
  if (!entry) return;
  const StreamOptions options = draw_options();
  auto stream = reader.open_stream(*entry, options);
  if (!stream) return soak_.log_.wrong(name + ": " + stream.error().to_string());
  ++soak_.log_.streams;
  if (stream->size() != expected.content.size()) soak_.log_.wrong(name + ": size");
  const bool may_be_late = options.timeout.count() != 0;
  Reading reading{.stream = std::move(*stream), .content = expected.content, .name = name, .may_stop = options.stop.stop_possible(),
                  .may_limit = may_be_late, .may_limit_chunks = may_be_late || options.pool != nullptr};
  read_steps(reading);
  check_end(reading);
}

void SoakSession::read_steps(Reading& reading) {
  for (std::uint64_t steps = 1 + random_() % kMostSteps; steps > 0; --steps) {
    if (one_in(40)) stop_.request_stop();
    const bool usable = step(reading);
    if (reading.stream.position() != reading.position) soak_.log_.wrong(reading.name + ": position");
    if (!usable) return;
  }
}

// The package opened anew, for this session only.
void SoakSession::read_reopened(const SoakPackage& package) {
  const auto reader = PackageReader::open_file(package.path, package.options);
  if (!reader) return soak_.log_.wrong(package.path + ": " + reader.error().to_string());
  if (reader->entry_count() != package.tree.entry_count()) soak_.log_.wrong(package.path + ": entries");
  ++soak_.log_.opens;
  read_entry(*reader, package);
}

void SoakSession::read_shared(std::size_t package) {
  const FileStream& stream = soak_.shared_streams_[package];
  const TestEntry& expected = soak_.packages_[package].tree.entries()[soak_.shared_entries_[package]];
  for (int i = 0; i < 8; ++i) {
    const std::uint64_t offset = random_() % (expected.content.size() + 10);
    out_.resize(draw_length());
    const auto count = stream.read_at(offset, out_);
    if (!count) return soak_.log_.wrong("shared " + expected.path + ": " + count.error().to_string());
    soak_.shared_bytes_ += *count;
    compare(ByteView(out_).first(*count), expected.content, offset, out_.size(), "shared " + expected.path);
  }
}

void SoakSession::read_batch(const PackageReader& reader, const SoakPackage& package) {
  const bool may_stop = one_in(3);
  std::vector<Bytes> outs(1 + random_() % 20);
  std::vector<ReadRequest> requests;
  std::vector<const TestEntry*> expected;
  for (Bytes& out : outs) {
    const std::size_t number = random_() % package.tree.entry_count();
    expected.push_back(&package.tree.entries()[number]);
    out.resize(draw_length());
    requests.push_back({number, random_() % (expected.back()->content.size() + 1), out});
    if (one_in(2)) requests.back().entry = std::string_view(expected.back()->path);
  }
  if (may_stop && one_in(4)) stop_.request_stop();
  const ReadManyOptions options{.threads = 1 + static_cast<unsigned>(random_() % 2), .stop = may_stop ? stop_.get_token() : std::stop_token()};
  const auto counts = reader.read_many(requests, options);
  for (std::size_t i = 0; i < outs.size(); ++i) {
    const std::string name = package.path + ":" + expected[i]->path + " in a batch";
    if (counts[i]) compare(ByteView(outs[i]).first(*counts[i]), expected[i]->content, requests[i].offset, outs[i].size(), name);
    else if (may_stop && stop_.stop_requested() && counts[i].error().code == Errc::cancelled) ++soak_.log_.cancelled;
    else soak_.log_.wrong(name + ": " + counts[i].error().to_string());
  }
  ++soak_.log_.batches;
}

bool SoakSession::step(Reading& reading) {
  const std::size_t length = draw_length();
  switch (random_() % 7) {
    case 0:
      return seek(reading, random_() % (reading.content.size() + 3));
    case 1:
      return read_at(reading, random_() % (reading.content.size() + 3), length);
    case 2:
      return read_chunk(reading);
    case 3:
      return read(reading, length);
    case 4:
      return read_chunk(reading) && read_chunk(reading) && read_chunk(reading) && read_chunk(reading);
    case 5:
      return lend_at(reading, random_() % (reading.content.size() + 3), length);
    default:  // in order: enough to be noticed
      for (int i = 0; i < 6; ++i)
        if (!read(reading, length)) return false;
      return true;
  }
}

bool SoakSession::read(Reading& reading, std::size_t length) {
  out_.resize(length);
  const auto count = reading.stream.read(out_);
  if (!count) return refused(reading, count.error(), reading.may_limit);
  compare(ByteView(out_).first(*count), reading.content, reading.position, length, reading.name);
  reading.position += *count;
  reading.bytes += *count;
  ++reading.operations;
  return true;
}

bool SoakSession::read_at(Reading& reading, std::uint64_t offset, std::size_t length) {
  out_.resize(length);
  const auto count = reading.stream.read_at(offset, out_);
  if (!count) return refused(reading, count.error(), reading.may_limit);
  compare(ByteView(out_).first(*count), reading.content, offset, length, reading.name);
  reading.bytes += *count;
  ++reading.operations;
  return true;
}

bool SoakSession::lend_at(Reading& reading, std::uint64_t offset, std::size_t length) {
  auto chunk = reading.stream.lend_at(offset, length);
  if (!chunk) return refused(reading, chunk.error(), reading.may_limit_chunks);
  compare(chunk->bytes(), reading.content, offset, length, reading.name);
  if (chunk->empty()) return true;
  reading.bytes += chunk->bytes().size();
  ++reading.operations;
  ++reading.chunks;
  if (one_in(3)) hold(std::move(*chunk), reading.content);
  return true;
}

bool SoakSession::read_chunk(Reading& reading) {
  auto chunk = reading.stream.read_chunk();
  if (!chunk) return refused(reading, chunk.error(), reading.may_limit_chunks);
  const ByteView bytes = chunk->bytes();
  compare(bytes, reading.content, reading.position, static_cast<std::size_t>(reading.stream.chunk_bytes()), reading.name);
  if (bytes.empty()) return true;
  if (chunk->offset() != reading.position) soak_.log_.wrong(reading.name + ": a chunk's offset");
  reading.position += bytes.size();
  reading.bytes += bytes.size();
  ++reading.operations;
  ++reading.chunks;
  if (one_in(3)) hold(std::move(*chunk), reading.content);
  return true;
}

bool SoakSession::seek(Reading& reading, std::uint64_t offset) {
  const auto moved = reading.stream.seek(offset);
  if (moved) {
    reading.position = offset;
    ++reading.seeks;
    if (offset > reading.content.size()) soak_.log_.wrong(reading.name + ": seek beyond the end");
    return true;
  }
  if (moved.error().code == Errc::misuse && offset > reading.content.size()) return true;
  return refused(reading, moved.error(), false);
}

// An error is one that was asked for, and leaves the stream as the header says.
bool SoakSession::refused(Reading& reading, const Error& error, bool may_limit) {
  if (error.code == Errc::cancelled && reading.may_stop && stop_.stop_requested()) {
    ++soak_.log_.cancelled;
    if (!reading.stream.is_closed()) soak_.log_.wrong(reading.name + ": cancelled and not closed");
    return false;
  }
  if (error.code == Errc::limit && may_limit) {
    ++soak_.log_.limited;
    return true;
  }
  soak_.log_.wrong(reading.name + ": " + error.to_string());
  return false;
}

void SoakSession::check_end(Reading& reading) {
  if (one_in(2)) reading.stream.close();
  const StreamStatistics statistics = reading.stream.statistics();
  if (statistics.bytes_delivered != reading.bytes || statistics.read_operations != reading.operations ||
      statistics.seeks != reading.seeks || statistics.chunks != reading.chunks || statistics.chunks_lent > reading.chunks)
    soak_.log_.wrong(reading.name + ": statistics: delivered " + std::to_string(statistics.bytes_delivered) + " of " +
                     std::to_string(reading.bytes));
  if (reading.stream.position() != reading.position) soak_.log_.wrong(reading.name + ": position at the end");
  soak_.log_.bytes += reading.bytes;
}

void SoakSession::compare(ByteView answer, ByteView content, std::uint64_t offset, std::size_t length,
                          const std::string& name) {
  if (!std::ranges::equal(answer, slice(content, offset, length)))
    soak_.log_.wrong(name + ": wrong bytes of " + std::to_string(length) + " at " + std::to_string(offset));
}

// Chunks outlive their streams, and hold on to memory of the pool meanwhile.
void SoakSession::hold(StreamChunk chunk, ByteView content) {
  if (held_.size() == kMostHeldChunks) let_go_of_chunks();
  held_.push_back({std::move(chunk), content});
}

void SoakSession::let_go_of_chunks() {
  for (const HeldChunk& held : held_)
    compare(held.chunk.bytes(), held.content, held.chunk.offset(), held.chunk.bytes().size(), "a chunk held");
  held_.clear();
}

}  // namespace npk::testing
