#include "package/writer/write_package.h"

#include <algorithm>
#include <chrono>

#include "block/seal.h"
#include "codec/compressibility.h"
#include "codec/record_stretches.h"
#include "hash/content_root.h"
#include "package/writer/base_choice.h"
#include "package/writer/batch_source.h"
#include "package/writer/block_filler.h"
#include "package/writer/catalog_writer.h"
#include "package/writer/data_order.h"
#include "package/writer/file_cutter.h"
#include "package/writer/package_id.h"
#include "package/writer/page_tree.h"
#include "package/writer/plan.h"
#include "package/writer/sealer_stack.h"
#include "package/writer/segment_writer.h"
#include "pool/pipeline.h"

namespace npk::writer {
namespace {

class ProgressMeter {
 public:
  ProgressMeter(const ProgressCallback& callback, const InputTree& input) : callback_(callback) {
    progress_.total_entries = input.entry_count();
    for (std::uint64_t number = 0; callback_ && number < input.entry_count(); ++number) {
      if (input.link_leader(number) == number && input.size(number) != kUnknownSize) progress_.total_bytes += input.size(number);
    }
  }
  void add(std::uint64_t bytes, std::uint64_t entries) {
    progress_.done_bytes += bytes;
    progress_.done_entries += entries;
    const auto now = std::chrono::steady_clock::now();
    if (!callback_ || now - last_ < kInterval) return;
    last_ = now;
    callback_(progress_);
  }
  void finish() {
    progress_.total_bytes = progress_.done_bytes;
    progress_.done_entries = progress_.total_entries;
    if (callback_) callback_(progress_);
  }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return progress_.done_bytes; }

 private:
  static constexpr std::chrono::milliseconds kInterval{100};
  const ProgressCallback& callback_;
  Progress progress_;
  std::chrono::steady_clock::time_point last_{};
};

constexpr std::uint64_t kLeastHoleBytes = 512;  // that a file system tells; a hole parts two chunks

std::size_t headroom(const WritePlan& plan) { return std::max<std::size_t>(plan.chunking.maximum, kWindowBytes); }

Result<chunk::CutSelector> make_selector(const WritePlan& plan) {
  return plan.deduplication == Deduplication::chunks ? chunk::CutSelector::content_defined(plan.chunking) : chunk::CutSelector::fixed(plan.chunking.maximum);
}

block::SealOptions profiled(block::SealOptions options, Profile* profile) {
  options.profile = profile;
  return options;
}

Result<DataOrder> order_files(const InputTree& input, const WritePlan& plan, const WriterOptions& options) {
  ProfileSpan span(options.profile.get(), ProfileStage::plan);
  return data_order(input, plan.order, {.threads = plan.threads, .group_bytes = plan.block_bytes[0], .large_group_bytes = plan.block_bytes[1], .most_bytes = plan.most_sketched_bytes, .stop = options.stop});
}

class PackageJob {
 public:
  PackageJob(const InputTree& input, Sink& sink, const WriterOptions& options, WritePlan plan, std::unique_ptr<const PackageSeal> seal,
             const format::Superblock& superblock, chunk::CandidateScanner scanner, chunk::CutSelector selector, DataOrder order, const WriteBounds& bounds)
      : input_(input), options_(options), plan_(std::move(plan)), seal_(std::move(seal)), scanner_(std::move(scanner)), superblock_(superblock),
        data_buffers_(headroom(plan_) + kSliceBytes + 1), ordinary_buffers_(buffer_bytes(0)),
        repetitive_buffers_(buffer_bytes(1), BufferUse::once), incompressible_buffers_(buffer_bytes(2)), filtered_buffers_(buffer_bytes(kFirstFilteredLane), BufferUse::once),
        group_buffers_(plan_.bases.group_bytes), base_buffers_(buffer_bytes_of(plan_.bases.most_bytes)),
        block_buffers_(buffers_by_lane()), sealers_(profiled(seal_options(plan_, options.stop), options.profile.get())),
        batch_options_{.zero_runs_are_holes = options.reproducible, .repetitive_apart = plan_.block_bytes[0] != plan_.block_bytes[1], .kinds_apart = plan_.choose_filters, .tries_large_text = plan_.whole_trials, .headroom = headroom(plan_), .profile = options.profile.get()},
        frames_(sink, superblock_, seal_.get(), options.stop, options.profile.get()),
        source_(input, std::move(order), batch_options_, data_buffers_),
        reader_(input, batch_options_, plan_.deduplication == Deduplication::chunks ? &scanner_ : nullptr, plan_.whole_file_bytes),
        cutter_(std::move(selector), headroom(plan_), plan_.whole_file_bytes, options.stop),
        filler_({.block_bytes = plan_.block_bytes, .bases = plan_.bases, .deduplication = plan_.deduplication, .fingerprint_bits = bounds.fingerprint_bits, .most_runs = bounds.most_runs,
                 .segment_input_bytes = bounds.segment_input_bytes, .joins_alike = plan_.choose_filters, .names_blocks = bounds.earlier != nullptr}, input.entry_count(), block_buffers_, group_buffers_, base_buffers_),
        segments_(input, plan_.page_level, bounds.reader_limits, frames_, [this](FilledBlock& block, std::uint64_t base_position) { place(block, base_position); }), reader_limits_(bounds.reader_limits), renewed_(bounds.renewed), progress_(options.progress, input), earlier_(bounds.earlier) {}

  // `base`: what it goes on with; null for a new package.
  Result<WriteReport> run(BaseGeneration* base) {
    base_ = base;
    NPK_ASSIGN(offload_, accel::ChunkOffload::make({.asked = options_.accel, .threads = plan_.threads, .scanner = plan_.deduplication == Deduplication::chunks ? &scanner_ : nullptr}));
    NPK_TRY(base_ != nullptr ? continue_base() : frames_.write_superblock());
    note_memory();
    NPK_TRY(run_data_pipeline());
    NPK_TRY(write_rest());
    progress_.finish();
    return report();
  }

 private:
  Result<void> continue_base() {
    frames_.continue_after(base_->trailer_header, base_->trailer.package_length);
    const format::Totals& totals = base_->commit.placement.totals;
    filler_.continue_after(std::move(base_->chunks), totals);
    segments_.continue_after(std::move(base_->chunk_leaves), totals);
    NPK_TRY(count_kept_leaves());
    return input_.for_each_kept([&](std::uint64_t number, const format::EntryRow& content) {
      filler_.keep(number, content);
      segments_.count(content);
    });
  }

  // What readers count of them, estimated from above by the smallest chunks there are, if that needs no padding.
  Result<void> count_kept_leaves() {
    const format::Totals kept = input_.kept_totals();
    const std::uint64_t length = base_->trailer.package_length;
    const std::uint64_t bytes = std::min(kept.content_bytes - kept.hole_bytes, format::most_expanded_bytes(length, reader_limits_));
    std::uint64_t pieces = bytes / std::clamp<std::uint64_t>(base_->commit.placement.chunking.minimum_bytes, 1, codec::kRecordUnitBytes) + 3 * (kept.hole_bytes / kLeastHoleBytes);
    if (format::least_stored_bytes(0, 2 * pieces, reader_limits_) > length) {
      NPK_ASSIGN(pieces, input_.count_kept_pieces());
    }
    segments_.count(bytes, pieces);
    return {};
  }

  void note_memory() const {
    if (profile() == nullptr) return;
    const WriteMemory memory = plan_memory(plan_);
    profile()->note_memory({ProfileStage::read}, memory.data_buffer_bytes);
    profile()->note_memory({ProfileStage::deduplicate}, memory.block_buffer_bytes);
    if (plan_.word_filter) profile()->note_memory({ProfileStage::filter, format::CodecId::words}, memory.filter_bytes);
    profile()->note_memory({ProfileStage::compress, plan_.encoder.step.id, plan_.encoder.step.level}, memory.encoder_bytes);
  }

  LaneBuffers buffers_by_lane() {
    LaneBuffers buffers;
    buffers.fill(&filtered_buffers_);
    buffers[0] = &ordinary_buffers_;
    buffers[1] = &repetitive_buffers_;
    buffers[2] = &incompressible_buffers_;
    return buffers;
  }

  // With room for the padding and the tags of a sealed one behind.
  [[nodiscard]] std::size_t buffer_bytes(std::size_t lane) const { return buffer_bytes_of(plan_.block_bytes[lane]); }

  [[nodiscard]] std::size_t buffer_bytes_of(std::size_t raw_length) const {
    const std::size_t bytes = block::kSealHeadroom + raw_length;
    if (seal_ == nullptr) return bytes;
    const std::uint64_t padded = seal_->padded_bytes(bytes);
    return static_cast<std::size_t>(padded + crypto::tag_bytes(padded));
  }

  Result<void> run_data_pipeline() {
    using pool::StageKind;
    std::vector<pool::Stage<Batch>> stages;
    stages.push_back({StageKind::parallel, [this](Batch& batch) { return reader_.read(batch, *offload_); }});
    stages.push_back({StageKind::serial_in_order, [this](Batch& batch) { return cut_batch(batch); }});
    stages.push_back({StageKind::parallel, [this](Batch& batch) { return hash_batch(batch); }});
    stages.push_back({StageKind::serial_in_order, [this](Batch& batch) { return fill(batch); }});
    stages.push_back({StageKind::parallel, [this](Batch& batch) { return seal(batch); }});
    stages.push_back({StageKind::serial_in_order, [this](Batch& batch) { return write(batch); }});
    return pool::run_pipeline<Batch>({.threads = plan_.threads, .max_tokens = plan_.tokens, .stop = options_.stop}, [this] { return next(); }, std::move(stages));
  }

  // After the last batch empty ones go through, in which everything open is closed: one each, so that several threads seal what was open.
  Result<std::unique_ptr<Batch>> next() {
    if (next_closed_ > kLanes) return nullptr;
    ProfileSpan span(profile(), ProfileStage::plan);
    std::unique_ptr<Batch> batch;
    if (next_closed_ == 0) {
      NPK_ASSIGN(batch, source_.next());
      if (batch != nullptr) return batch;
    }
    batch = std::make_unique<Batch>();
    batch->closing = next_closed_++;
    return batch;
  }

  [[nodiscard]] Profile* profile() const noexcept { return options_.profile.get(); }

  Result<void> cut_batch(Batch& batch) {
    ProfileSpan span(profile(), ProfileStage::cut);
    span.add_bytes(batch.input_bytes, batch.input_bytes);
    return cutter_.cut(batch);
  }

  Result<void> hash_batch(Batch& batch) {
    ProfileSpan span(profile(), ProfileStage::hash);
    for (const PieceChunk& chunk : batch.chunks) span.add_bytes(chunk.length, chunk.length);
    if (plan_.bases.most_bytes != 0) {
      for (PieceChunk& chunk : batch.chunks) chunk.samples = sample_content(batch.data.span(chunk.data_begin, chunk.length));
    }
    return hash_chunks(batch, *offload_);
  }

  // Chunks and their bytes go in; those not there already come out.
  Result<void> fill_blocks(Batch& batch) {
    ProfileSpan span(profile(), ProfileStage::deduplicate);
    const std::uint64_t chunks = batch.chunks.size(), known = filler_.index().size(), unique = filler_.unique_bytes();
    for (const PieceChunk& chunk : batch.chunks) span.add_bytes(chunk.length, 0);
    NPK_TRY(filler_.fill(batch));
    const std::uint64_t misses = filler_.index().size() - known;
    span.add_bytes(0, filler_.unique_bytes() - unique);
    if (profile() != nullptr) profile()->count_lookups(chunks - std::min(chunks, misses), misses);
    return {};
  }

  Result<void> fill(Batch& batch) {
    for (Piece& piece : batch.pieces) {
      if (piece.problem && piece.problem->code == Errc::cancelled) return std::unexpected(*piece.problem);  // a source that stopped is no damaged file
      tell_problem(piece);
    }
    NPK_TRY(fill_blocks(batch));
    if (batch.closing) filler_.finish(batch);
    NPK_TRY(number_blocks(batch));
    data_buffers_.give(std::move(batch.data));
    return {};
  }

  // Here, where blocks are in order: they are sealed by several threads.
  Result<void> number_blocks(Batch& batch) {
    for (auto& output : batch.outputs) {
      auto* block = std::get_if<FilledBlock>(&output);
      if (block == nullptr || seal_ == nullptr) continue;
      if (next_seal_counter_ == UINT32_MAX) return fail(Errc::limit, "more blocks than one writing session may seal");
      block->seal_counter = next_seal_counter_++;
    }
    return {};
  }

  // Once for each entry, however many of its slices fail.
  void tell_problem(Piece& piece) {
    const bool told_before = filler_.contents().has_failed(piece.entry);
    if (piece.leader != piece.entry && filler_.contents().has_failed(piece.leader))
      piece.problem = Error{.code = Errc::io, .message = "not packed: this is a further name of a file that could not be read"};
    if (!piece.problem || told_before || !options_.problem) return;
    EntryScratch scratch;
    Error error = *piece.problem;
    error.path = input_.entry(piece.entry, scratch).path;
    options_.problem(error);
  }

  BufferStack& buffers_of(const FilledBlock& block) { return block.is_base ? base_buffers_ : *block_buffers_[static_cast<std::size_t>(block.lane)]; }

  // A base's raw bytes, which encrypting may take away, are read until the last of its group is compressed.
  Result<void> seal(Batch& batch) {
    NPK_TRY(compress(batch));
    for (auto& output : batch.outputs) {
      if (auto* block = std::get_if<FilledBlock>(&output); block != nullptr && !block->uses_base) complete(*block);
    }
    return {};
  }

  Result<void> compress(Batch& batch) {
    std::optional<block::BlockSealer> sealer;
    for (auto& output : batch.outputs) {
      auto* filled = std::get_if<FilledBlock>(&output);
      if (filled == nullptr) continue;
      if (!sealer) {
        NPK_ASSIGN(sealer, sealers_.take());
      }
      if (filled->is_base) sealer->keep_base(filled->buffer.span(block::kSealHeadroom, filled->raw_length));
      block::Base base;
      if (filled->base_output != kNoBase) {
        const FilledBlock& of = std::get<FilledBlock>(batch.outputs[filled->base_output]);
        base = {of.buffer.span(block::kSealHeadroom, of.raw_length), block::kPlacedLater};
      }
      NPK_TRY(compress(*filled, base, *sealer));
    }
    if (!sealer) return {};
    sealer->keep_base({});
    sealers_.give(*std::move(sealer));
    return {};
  }

  Result<void> compress(FilledBlock& filled, const block::Base& base, block::BlockSealer& sealer) {
    const MutableBytes buffer = filled.buffer.span(0, block::kSealHeadroom + filled.raw_length);
    const bool try_compression = is_worth_compressing(filled, buffer.subspan(block::kSealHeadroom));
    if (try_compression) filled.room = buffers_of(filled).take();
    if (!try_compression || !take_earlier(filled)) {
      NPK_ASSIGN(filled.body, sealer.seal(buffer, base, try_compression ? filled.room.span(0, buffer.size()) : MutableBytes(), kind_of_lane(filled.lane), try_compression));
    }
    filled.uses_base = load_le<std::uint64_t>(filled.body.data() + format::kBasePositionOffset) != 0;
    return {};
  }

  void place(FilledBlock& filled, std::uint64_t base_position) {
    store_le(filled.room.data() + (filled.body.data() - filled.room.data()) + format::kBasePositionOffset, base_position);
    complete(filled);
  }

  void complete(FilledBlock& filled) {
    if (seal_ != nullptr) encrypt(filled);
    let_go(filled);
    ProfileSpan span(profile(), ProfileStage::digest);
    span.add_bytes(filled.body.size(), filled.body.size());
    filled.hash = hash::blake3(filled.body);
  }

  // What need not wait with the body for its turn.
  void let_go(FilledBlock& filled) {
    BufferStack& buffers = buffers_of(filled);
    if (filled.room.holds(filled.body.data())) std::swap(filled.buffer, filled.room);
    buffers.give(std::exchange(filled.room, {}));
    if (buffers.use() == BufferUse::again || filled.body.size() >= filled.raw_length) return;
    Buffer body = Buffer::mapped(filled.body.size());
    std::ranges::copy(filled.body, body.data());
    filled.body = body.span(0, filled.body.size());
    filled.buffer = std::move(body);
  }

  bool is_worth_compressing(const FilledBlock& filled, ByteView raw) const {
    ProfileSpan span(profile(), ProfileStage::choose);
    span.add_bytes(raw.size(), raw.size());
    span.sample(raw);
    if (filled.lane == Lane::incompressible) return false;
    return !codec::looks_incompressible(raw) || (kind_of_lane(filled.lane) == codec::ContentKind::numeric && codec::holds_dense_numbers(raw));
  }

  // Where the encoder would have put it.
  bool take_earlier(FilledBlock& filled) const {
    if (earlier_ == nullptr) return false;
    const std::optional<Bytes> body = earlier_->find(filled.name, filled.raw_length);
    const std::size_t begin = PackageSeal::head_bytes(true);
    if (!body || body->size() > filled.raw_length || begin + body->size() > block::kSealHeadroom + filled.raw_length) return false;
    const MutableBytes room = filled.room.span(begin, body->size());
    std::ranges::copy(*body, room.begin());
    filled.body = room;
    return filled.is_earlier = true;
  }

  // In place: there is room before and behind the body.
  void encrypt(FilledBlock& filled) const {
    ProfileSpan span(profile(), ProfileStage::encrypt);
    const bool carries_head = filled.seal_counter == 0;
    const std::size_t head = PackageSeal::head_bytes(carries_head);
    const auto padded = static_cast<std::size_t>(seal_->padded_bytes(filled.body.size()));
    const std::size_t stored = head + padded + static_cast<std::size_t>(crypto::tag_bytes(padded));
    Buffer& memory = filled.room.holds(filled.body.data()) ? filled.room : filled.buffer;
    const auto begin = static_cast<std::size_t>(filled.body.data() - memory.data()) - head;
    const MutableBytes body = memory.span(begin, stored);
    PackageSeal::pad(body.subspan(head, padded), filled.body.size());
    seal_->seal(seal_->header(format::FrameType::block, filled.seal_counter, carries_head, stored), body);
    span.add_bytes(filled.body.size(), stored);
    filled.body = body;
  }

  Result<void> write(Batch& batch) {
    {
      ProfileSpan span(profile(), ProfileStage::index);
      NPK_TRY(segments_.write(batch));
    }
    std::uint64_t completed = 0;
    for (auto& output : batch.outputs) {
      if (auto* block = std::get_if<FilledBlock>(&output)) {
        if (block->is_earlier) ++earlier_block_count_, earlier_bytes_ += block->raw_length;
        buffers_of(*block).give(std::move(block->buffer));
        buffers_of(*block).give(std::move(block->room));
      } else {
        completed += std::get<Segment>(output).completed.size();
      }
    }
    progress_.add(batch.input_bytes, completed);
    return {};
  }

  Result<void> write_rest() {
    ProfileSpan span(profile(), ProfileStage::index);
    if (base_ != nullptr) NPK_TRY(segments_.merge_small_pages(base_->read_chunk_leaf));
    NPK_ASSIGN(const format::FrameReference chunk_root,
               write_chunk_tree(segments_.chunk_pages(), base_ != nullptr ? base_->chunk_nodes : KnownNodes(), plan_.page_level, frames_));
    NPK_TRY(segments_.pad());
    NPK_ASSIGN(catalog_, write_catalog(input_, filler_.contents(), filler_.index(), plan_.page_level, base_, frames_));
    fill_totals();
    const format::Commit commit = make_commit(chunk_root);
    NPK_ASSIGN(const format::FrameReference written, frames_.write(format::FrameType::commit, block::seal_stored(format::encode_commit(commit))));
    format::Trailer trailer{.commit = written, .generation = commit.statement.generation, .features = commit.placement.features, .envelope_positions = {}};
    if (base_ != nullptr) {
      trailer.signature_position = base_->trailer.signature_position;
      trailer.envelope_positions = base_->trailer.envelope_positions;
      NPK_TRY(base_->before_trailer());
    }
    return frames_.write_trailer(std::move(trailer));
  }

  void fill_totals() {
    format::Totals& totals = catalog_.totals;
    totals.chunks = filler_.index().size();
    totals.blocks = segments_.block_count();
    totals.unique_bytes = filler_.unique_bytes();
    totals.stored_bytes = segments_.stored_bytes();
  }

  format::Commit make_commit(const format::FrameReference& chunk_root) const {
    format::Commit commit;
    commit.statement.lineage_id = superblock_.package_id;
    commit.statement.time_seconds = options_.time_seconds;
    commit.statement.time_nanoseconds = options_.time_nanoseconds;
    commit.statement.content_root = catalog_.content_root;
    commit.statement.message = options_.message;
    commit.placement.catalog_root = catalog_.root;
    commit.placement.chunk_root = chunk_root;
    commit.placement.hint_root = catalog_.hint_root;
    commit.placement.totals = catalog_.totals;
    commit.placement.chunking = chunking_record(plan_);
    if (!options_.metadata.empty()) commit.placement.sections.push_back(format::encode_package_metadata(options_.metadata));
    if (base_ != nullptr) follow_base(commit);
    if (renewed_) renew(commit);
    commit.statement.storage_root = hash::storage_root(commit.placement);
    return commit;
  }

  void renew(format::Commit& commit) const {
    commit.statement = renewed_->statement;
    commit.statement.content_root = catalog_.content_root;
    commit.placement.sections = renewed_->sections;
  }

  void follow_base(format::Commit& commit) const {
    const format::Statement& before = base_->commit.statement;
    commit.statement.lineage_id = before.lineage_id;
    commit.statement.generation = before.generation + 1;
    commit.statement.previous_statement = base_->statement_hash;
    commit.placement.previous_commit = base_->trailer.commit.position;
    commit.placement.features = base_->commit.placement.features;
  }

  WriteReport report() const {
    return {.totals = catalog_.totals,
            .package_bytes = frames_.position(),
            .input_bytes = progress_.bytes(),
            .duplicate_bytes = filler_.duplicate_bytes(),
            .failed_entries = filler_.failed_entries(),
            .changed_entries = filler_.changed_entries(),
            .content_root = catalog_.content_root,
            .earlier_blocks = earlier_block_count_,
            .earlier_bytes = earlier_bytes_,
            .not_restored_blocks = sealers_.not_restored_blocks(),
            .accel = offload_->use()};
  }

  const InputTree& input_;
  const WriterOptions& options_;
  BaseGeneration* base_ = nullptr;
  std::unique_ptr<accel::ChunkOffload> offload_;
  WritePlan plan_;
  std::unique_ptr<const PackageSeal> seal_;
  chunk::CandidateScanner scanner_;
  format::Superblock superblock_;
  BufferStack data_buffers_, ordinary_buffers_, repetitive_buffers_, incompressible_buffers_, filtered_buffers_, group_buffers_, base_buffers_;
  LaneBuffers block_buffers_;
  SealerStack sealers_;
  BatchOptions batch_options_;
  FrameWriter frames_;
  BatchSource source_;
  BatchReader reader_;
  FileCutter cutter_;
  BlockFiller filler_;
  SegmentWriter segments_;
  Limits reader_limits_;
  const std::optional<Renewed>& renewed_;
  ProgressMeter progress_;
  WrittenCatalog catalog_;
  std::uint32_t next_seal_counter_ = 0;  // of blocks
  const EarlierBlocks* earlier_;
  std::uint64_t earlier_block_count_ = 0, earlier_bytes_ = 0;
  std::size_t next_closed_ = 0;  // lane, once the source has ended
};

}  // namespace

Result<WriteReport> write_package(const InputTree& input, Sink& sink, const WriterOptions& options, const WriteBounds& bounds) {
  NPK_ASSIGN(WritePlan plan, make_plan(options));
  NPK_ASSIGN(chunk::CandidateScanner scanner, chunk::CandidateScanner::make(plan.chunking));
  NPK_ASSIGN(chunk::CutSelector selector, make_selector(plan));
  NPK_ASSIGN(DataOrder order, order_files(input, plan, options));
  const std::span<const Recipient> recipients = options.recipients == nullptr ? std::span<const Recipient>() : *options.recipients;
  NPK_ASSIGN(auto seal, PackageSeal::create(recipients, options.cipher, options.pad));
  const format::Superblock superblock = seal != nullptr ? seal->superblock() : format::Superblock{.package_id = derive_package_id(input)};
  return PackageJob(input, sink, options, std::move(plan), std::move(seal), superblock, std::move(scanner), std::move(selector), std::move(order), bounds).run(nullptr);
}

Result<WriteReport> append_generation(const InputTree& input, Sink& sink, const WriterOptions& options, BaseGeneration base, const WriteBounds& bounds) {
  WriterOptions alike = options;
  alike.chunk_bytes = chunk_bytes_after(base.commit.placement.chunking, options);
  alike.recipients = nullptr;
  alike.pad = false;
  NPK_ASSIGN(WritePlan plan, make_plan(alike));
  NPK_ASSIGN(chunk::CandidateScanner scanner, chunk::CandidateScanner::make(plan.chunking));
  NPK_ASSIGN(chunk::CutSelector selector, make_selector(plan));
  NPK_ASSIGN(DataOrder order, order_files(input, plan, options));
  return PackageJob(input, sink, options, std::move(plan), std::move(base.seal), base.superblock, std::move(scanner), std::move(selector), std::move(order), bounds).run(&base);
}

}  // namespace npk::writer
