#include <algorithm>
#include <array>

#include "npk/files.h"
#include "npk/format/volume.h"

namespace npk {
namespace {

using format::kVolumeHeaderBytes;

// What comes is looked at once: parts have their headers taken out, anything else is handed on.
class JoinedVolumes final : public SequentialSource {
 public:
  explicit JoinedVolumes(SequentialSource& inner) noexcept : inner_(inner) {}

  Result<std::size_t> read(MutableBytes out) override {
    if (!begun_) NPK_TRY(begin());
    if (!in_volumes_) return held_at_ < held_ ? take_held(out) : inner_.read(out);
    if (left_ == 0) {
      NPK_ASSIGN(const bool goes_on, next_volume());
      if (!goes_on) return std::size_t{0};
    }
    NPK_ASSIGN(const std::size_t count, inner_.read(out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left_)))));
    if (count == 0) return fail(Errc::truncated, "the input ends within part " + std::to_string(volume_.number));
    left_ -= count;
    return count;
  }
  std::string name() const override { return inner_.name(); }

 private:
  Result<void> begin() {
    begun_ = true;
    NPK_TRY(fill());
    in_volumes_ = held_ >= format::kVolumeMagic.size() && std::ranges::equal(ByteView(bytes_).first(format::kVolumeMagic.size()), format::kVolumeMagic);
    if (in_volumes_) NPK_TRY(begin_volume());
    return {};
  }

  Result<void> fill() {
    for (held_ = 0; held_ < bytes_.size();) {
      NPK_ASSIGN(const std::size_t count, inner_.read(MutableBytes(bytes_).subspan(held_)));
      if (count == 0) break;
      held_ += count;
    }
    return {};
  }

  std::size_t take_held(MutableBytes out) {
    const std::size_t count = std::min(out.size(), held_ - held_at_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(held_at_), count, out.begin());
    held_at_ += count;
    return count;
  }

  Result<bool> next_volume() {
    NPK_TRY(fill());
    if (held_ == 0 && volume_.is_last) return false;
    if (held_ == 0) return fail(Errc::truncated, "the input ends before part " + std::to_string(volume_.number + 1));
    NPK_TRY(begin_volume());
    return true;
  }

  Result<void> begin_volume() {
    NPK_ASSIGN(const format::VolumeHeader header, format::decode_volume_header(ByteView(bytes_).first(held_)));
    if (volume_.number != 0 && header.package_id != volume_.package_id) return fail_corrupt("a part of another package is among the input");
    if (header.number != volume_.number + 1 || header.start != volume_.start + volume_.length)
      return fail(Errc::corrupt, "part " + std::to_string(header.number) + " comes where part " + std::to_string(volume_.number + 1) + " should");
    volume_ = header;
    left_ = header.length;
    return {};
  }

  SequentialSource& inner_;
  std::array<std::uint8_t, kVolumeHeaderBytes> bytes_;
  std::size_t held_ = 0, held_at_ = 0;
  bool begun_ = false, in_volumes_ = false;
  format::VolumeHeader volume_{.number = 0};
  std::uint64_t left_ = 0;  // of the part
};

}  // namespace

std::unique_ptr<SequentialSource> joined_volumes(SequentialSource& inner) { return std::make_unique<JoinedVolumes>(inner); }

}  // namespace npk
