#include <algorithm>
#include <cstring>

#include "codec/filter/executable/x86_branches.h"
#include "codec/filter/varint.h"
#include "codec/filter_factories.h"

namespace npk::codec {
namespace {

std::unexpected<Error> corrupt(const char* what) { return fail(Errc::corrupt, what); }

class X86BranchesDecoder final : public FilterDecoder {
 public:
  Result<bool> restore(ByteView filtered, std::uint64_t filtered_length, std::uint64_t raw_length, MutableBytes out) override {
    if (filtered.size() < filtered_length) return false;
    NPK_TRY(open(filtered, raw_length));
    return join(raw_length, out);
  }

 private:
  Result<void> open(ByteView filtered, std::uint64_t raw_length) {
    std::array<std::uint64_t, x86::kStreams> lengths{};
    for (std::uint64_t& length : lengths) {
      NPK_ASSIGN(length, take_varint(filtered));
      if (length > raw_length) return corrupt("a stream of branches is longer than its block");
      length *= x86::kStreamBytes;
    }
    if (filtered.size() != raw_length || lengths[0] + lengths[1] + lengths[2] > raw_length) return corrupt("the streams of branches are not as long as their block");
    for (std::size_t i = x86::kStreams; i-- > 0;) {
      streams_[i] = filtered.last(static_cast<std::size_t>(lengths[i]));
      filtered = filtered.first(filtered.size() - streams_[i].size());
    }
    main_ = filtered;
    return {};
  }

  Result<bool> join(std::uint64_t raw_length, MutableBytes out) {
    std::size_t read = 0, written = 0, fresh_from = 0;
    while (written < out.size()) {
      if (read == main_.size()) return corrupt("the code of a block with branches ends early");
      out[written] = main_[read++];
      const x86::Operand kind = x86::operand_after(&out[written], written + 1 - fresh_from);
      ++written;
      if (kind == x86::Operand::none || raw_length - written < 4) continue;
      if (read == main_.size()) return corrupt("the code of a block with branches ends early");
      NPK_ASSIGN(const std::uint32_t operand, take_operand(kind, static_cast<std::uint32_t>(written + 4), read));
      std::array<std::uint8_t, 4> bytes;
      store_le(bytes.data(), operand);
      const std::size_t length = std::min<std::size_t>(4, out.size() - written);
      std::memcpy(out.data() + written, bytes.data(), length);
      written += length;
      fresh_from = written;
    }
    if (out.size() == raw_length && (read != main_.size() || !streams_[0].empty() || !streams_[1].empty() || !streams_[2].empty()))
      return corrupt("bytes are left over of a block with branches");
    return true;
  }

  Result<std::uint32_t> take_operand(x86::Operand kind, std::uint32_t end, std::size_t& read) {
    const std::uint32_t highest = main_[read++];
    if (highest != 0 && highest != 0xFF) {
      if (main_.size() - read < 3) return corrupt("the code of a block with branches ends early");
      read += 3;
      return highest << 24U | static_cast<std::uint32_t>(main_[read - 1]) << 16U | static_cast<std::uint32_t>(main_[read - 2]) << 8U | main_[read - 3];
    }
    ByteView& stream = streams_[x86::stream_of(kind)];
    if (stream.empty()) return corrupt("a block has more branches than its streams");
    const std::uint32_t position = (highest & 1U) << 24U | static_cast<std::uint32_t>(stream[0]) << 16U | static_cast<std::uint32_t>(stream[1]) << 8U | stream[2];
    stream = stream.subspan(x86::kStreamBytes);
    const std::uint32_t relative = (position - end) % x86::kPositions;
    return relative >> 24U != 0 ? relative | 0xFE000000U : relative;
  }

  ByteView main_;
  std::array<ByteView, x86::kStreams> streams_;
};

}  // namespace

std::unique_ptr<FilterDecoder> create_x86_branches_decoder() { return std::make_unique<X86BranchesDecoder>(); }
std::uint64_t x86_branches_decoder_memory(std::uint64_t) { return 4096; }

}  // namespace npk::codec
