// The search for frames: what it costs on hostile input, disks that fail in places.
#include "ops/write/recover/frame_survey.h"
#include "ops/write/recover/tolerant_source.h"
#include "recover_support.h"

namespace npk::testing {
namespace {

class FailingDisk final : public RandomAccessSource {
 public:
  FailingDisk(Bytes bytes, std::uint64_t begin, std::uint64_t end) : bytes_(std::move(bytes)), begin_(begin), end_(end) {}
  Result<std::uint64_t> size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    if (offset < end_ && offset + out.size() > begin_) return std::unexpected(Error{.code = Errc::io, .message = "bad sector"});
    const std::size_t count = std::min<std::size_t>(out.size(), bytes_.size() - std::min<std::size_t>(bytes_.size(), offset));
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
    return count;
  }
  std::string name() const override { return "<disk>"; }

 private:
  Bytes bytes_;
  std::uint64_t begin_, end_;
};

TEST(TolerantSource, GivesZerosForBadSectorsAlone) {
  const Bytes data = make_data(DataKind::random, 50'000, 1);
  const auto source = ops::tolerant_source(std::make_shared<FailingDisk>(data, 10'000, 13'000)).value();
  Bytes out(60'000);
  ASSERT_EQ(source->read_at(0, out).value(), data.size());
  out.resize(data.size());
  EXPECT_TRUE(out == with_zeros(data, 8'192, 16'384));
}

TEST(FrameSurvey, HeadersThatClaimTooMuchAreALimit) {
  // As many good headers as fit, each claiming all that follows: hashing each body would be quadratic.
  Bytes bytes(1U << 20);
  for (std::size_t at = 0; at + 64 < bytes.size(); at += 64) {
    const format::FrameHeader header{.type = format::FrameType::block, .stored_length = bytes.size() - at - 64};
    const auto encoded = format::encode_frame_header(header);
    std::ranges::copy(encoded, bytes.begin() + static_cast<std::ptrdiff_t>(at));
  }
  const auto survey = ops::survey_frames(*memory_source(bytes), {}, {}, {});
  ASSERT_FALSE(survey);
  EXPECT_EQ(survey.error().code, Errc::limit);
}

}  // namespace
}  // namespace npk::testing
