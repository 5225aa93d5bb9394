// A protected package in a file, ways to damage a copy of it, and what repair makes of that.
#pragma once

#include <random>

#include "npk/ops/protect.h"
#include "npk/ops/repair.h"
#include "package/reader/frames/parity_frame.h"
#include "unit/append/append_support.h"

namespace npk::testing {

// Every parity head of a sound package, in order.
inline std::vector<format::ParityHead> heads_of(ByteView package) {
  std::vector<format::ParityHead> heads;
  const format::PackageTag tag = format::package_tag(format::decode_superblock(package).value().package_id);
  for (std::size_t at = format::kSuperblockBytes; at < package.size();) {
    const auto header = format::decode_frame_header(package.subspan(at), tag, Limits());
    if (!header) break;
    at += format::kFrameHeaderBytes;
    if (header->type == format::FrameType::parity) heads.push_back(reader::open_parity_head(package.subspan(at)).value());
    at += static_cast<std::size_t>(header->stored_length);
  }
  return heads;
}
inline format::ParityLayout layout_of(ByteView package) {
  const auto heads = heads_of(package);
  EXPECT_FALSE(heads.empty());
  return heads.empty() ? format::ParityLayout() : heads.back().layout;
}

// Bytes behind a damaged file's name, mended beside it.
class RepairShop {
 public:
  struct Outcome {
    Result<ops::RepairReport> report;
    Bytes output;  // empty: not written
  };

  [[nodiscard]] Outcome repair(ByteView damaged, bool keep_damaged = false) const {
    write_file(scratch_ / "damaged.npk", as_text(damaged));
    ::unlink((scratch_ / "mended.npk").c_str());
    Outcome outcome{ops::repair({.package_path = scratch_ / "damaged.npk", .output_path = scratch_ / "mended.npk", .keep_damaged = keep_damaged}), {}};
    EXPECT_EQ(read_file(scratch_ / "damaged.npk"), as_text(damaged)) << "the damaged one was changed";
    if (exists(scratch_ / "mended.npk")) {
      const std::string text = read_file(scratch_ / "mended.npk");
      outcome.output.assign(text.begin(), text.end());
    }
    EXPECT_EQ(outcome.report && outcome.report->written, !outcome.output.empty());
    return outcome;
  }
  // Mended: exactly as it was. Says what happened instead.
  [[nodiscard]] std::string mended(ByteView damaged, ByteView original) const {
    const Outcome outcome = repair(damaged);
    if (!outcome.report) return outcome.report.error().to_string();
    if (!outcome.report->is_whole()) return "lost " + std::to_string(outcome.report->lost_bytes) + " bytes";
    return std::ranges::equal(outcome.output, original) ? "as it was" : "another package";
  }

 private:
  const ScratchDirectory scratch_;
};

inline Bytes zeroed(Bytes bytes, std::uint64_t at, std::uint64_t length) {
  const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  std::fill(first, first + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(length, bytes.size() - at)), std::uint8_t{0});
  return bytes;
}
inline Bytes inverted(Bytes bytes, std::uint64_t at, std::uint64_t length) {
  for (std::size_t i = at; i < std::min<std::size_t>(at + length, bytes.size()); ++i) bytes[i] = static_cast<std::uint8_t>(~bytes[i]);
  return bytes;
}
inline Bytes without(Bytes bytes, std::uint64_t at, std::uint64_t length) {
  const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  bytes.erase(first, first + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(length, bytes.size() - at)));
  return bytes;
}
inline Bytes with_extra(Bytes bytes, std::uint64_t at, const Bytes& extra) {
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), extra.begin(), extra.end());
  return bytes;
}

// A package of some files that do not compress.
class ProtectedPackage : public AppendedPackage {
 public:
  explicit ProtectedPackage(std::size_t content_bytes, unsigned percent, Recipients to = nullptr, Identities keys = nullptr)
      : AppendedPackage(std::move(to), std::move(keys)) {
    write("a", text_of(DataKind::random, content_bytes, 1));
    write("b", text_of(DataKind::text, content_bytes / 4, 2));
    pack();
    protect(percent);
  }
  ops::ProtectReport protect(unsigned percent) const {
    const auto report = ops::protect({.package_path = path(), .percent = percent});
    EXPECT_TRUE(report) << report.error().to_string();
    return report.value_or(ops::ProtectReport());
  }
};

}  // namespace npk::testing
