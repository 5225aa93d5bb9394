// The integers filter on data that suits its pages; element_filter_test.cc has what is asked of every filter.
#include <gtest/gtest.h>
#include <zstd.h>

#include <map>
#include <random>

#include "codec/filter/integers/page_writer_encode.h"
#include "codec/filter/integers/ranks_encode.h"
#include "codec/filter/numeric/encoder/choose_numeric.h"
#include "codec/filter/parts_encode.h"
#include "unit/numeric_filters/filter_support.h"

namespace npk::codec {
namespace {

using format::CodecId;
using integers::PageWriter;
using numeric::ElementForm;
using numeric::Layout;
using numeric::Predictor;

std::size_t compressed_size(ByteView bytes) {
  Bytes out(ZSTD_compressBound(bytes.size()));
  return ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 9);
}

TEST(IntegersFilter, GivesBackEveryPrefix) {
  for (const NumericKind& kind : integer_kinds()) {
    for (const std::size_t size : {std::size_t{1024}, std::size_t{8193}, std::size_t{20'001}, kind.bytes.size() - 3}) {
      const ByteView raw = ByteView(kind.bytes).first(size);
      const auto filtered = kind.name == std::string_view("stereo") || size == 20'001 ? filter_smaller(CodecId::integers, raw) : filter(CodecId::integers, raw);
      if (!filtered) continue;
      for (std::size_t wanted = size; wanted > 0; wanted = wanted > 40 ? wanted - wanted / 5 - 3 : wanted - 1) {
        const auto back = restore(CodecId::integers, *filtered, size, wanted);
        ASSERT_TRUE(back) << kind.name << ": " << back.error().message;
        ASSERT_TRUE(std::ranges::equal(*back, raw.first(wanted))) << kind.name << ' ' << size << ' ' << wanted;
      }
    }
  }
}

// What pays for the filter: classes beside planes, weights beside neighbours, ranks beside floats.
TEST(IntegersFilter, IsHardlyEverLargerThanDifferences) {
  std::size_t taken = 0;
  for (const NumericKind& kind : integer_kinds()) {
    const auto integers = filter(CodecId::integers, kind.bytes);
    if (!integers) continue;
    const auto differences = filter(CodecId::element_delta, kind.bytes);
    const std::size_t percent = std::string_view(kind.name).starts_with("repeating") ? 80 : 102;
    EXPECT_LE(compressed_size(*integers) * 100, (compressed_size(differences ? *differences : kind.bytes) + 32) * percent) << kind.name;
    ++taken;
  }
  EXPECT_GE(taken, 5U);
}

TEST(IntegersFilter, ASharedSearchChangesNothing) {
  for (const NumericKind& kind : integer_kinds()) {
    const Bytes other(kind.bytes.begin(), kind.bytes.end() - 8);
    const auto integers = filter(CodecId::integers, kind.bytes), shorter = filter(CodecId::integers, other);
    const auto differences = filter(CodecId::element_delta, kind.bytes);
    const numeric::SharedSearch shared(kind.bytes);
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(filter(CodecId::element_delta, kind.bytes), differences);
      EXPECT_EQ(filter(CodecId::integers, kind.bytes), integers);
      EXPECT_EQ(filter(CodecId::integers, other), shorter);
    }
  }
}

// Values' places in the order of their keys, whatever the width, of few values and of more than any first table has room for.
TEST(IntegersFilter, RanksEveryValue) {
  std::mt19937_64 random(15);
  for (const std::uint8_t width : {std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{4}, std::uint8_t{8}}) {
    for (const std::size_t kinds : {std::size_t{3}, std::size_t{700}, std::size_t{25'000}}) {
      ElementForm form;
      form.width = width;
      form.big_endian = kinds == 700;
      std::vector<std::uint64_t> values(kinds);
      for (std::uint64_t& value : values) value = random() >> (64 - 8 * width);
      Bytes elements;
      std::map<std::uint64_t, std::uint64_t> rank_of;
      for (std::size_t i = 0; i < 60'000; ++i) {
        const std::uint64_t value = values[i % kinds];
        for (unsigned byte = 0; byte < width; ++byte) elements.push_back(static_cast<std::uint8_t>(value >> 8 * (form.big_endian ? width - 1U - byte : byte)));
        rank_of[value] = 0;
      }
      const auto ranks = integers::rank_elements(form, elements);
      ASSERT_TRUE(ranks) << int{width} << ' ' << kinds;
      ASSERT_EQ(ranks->keys.size(), rank_of.size());
      ASSERT_EQ(std::ranges::adjacent_find(ranks->keys, std::greater_equal()), ranks->keys.end());
      for (std::size_t i = 0; i < 60'000; ++i) {
        std::uint64_t rank = 0;
        const std::uint8_t* element = &ranks->elements[i * width];
        for (unsigned byte = 0; byte < width; ++byte) rank |= std::uint64_t{element[form.big_endian ? width - 1U - byte : byte]} << 8 * byte;
        const std::uint64_t top = std::uint64_t{1} << (8 * width - 1), key = ranks->keys.at(rank);
        const bool is_float = ranks->order == integers::KeyOrder::floats;
        const std::uint64_t value = ranks->order == integers::KeyOrder::unsigned_numbers ? key : is_float && key < top ? ~key & (2 * top - 1) : key ^ top;
        ASSERT_EQ(value, values[i % kinds]) << int{width} << ' ' << kinds;
      }
    }
  }
}

TEST(IntegersFilter, RanksNoneWhereMostDiffer) {
  std::mt19937_64 random(16);
  for (const std::uint8_t width : {std::uint8_t{3}, std::uint8_t{4}, std::uint8_t{8}}) {
    ElementForm form;
    form.width = width;
    Bytes elements(400'000 * std::size_t{width});
    for (std::uint8_t& byte : elements) byte = static_cast<std::uint8_t>(random());
    EXPECT_FALSE(integers::rank_elements(form, elements)) << int{width};
  }
}

// Two channels of which one says much about the other, as weights of each by itself do not.
TEST(IntegersFilter, LearnsFromOtherChannels) {
  const Bytes sound = integer_kinds().front().bytes;
  Bytes stereo;
  for (std::size_t i = 0; i + 2 <= sound.size(); i += 2) {
    const auto left = static_cast<std::int16_t>(load_le<std::uint16_t>(&sound[i]));
    const auto right = static_cast<std::uint16_t>(left / 2 + static_cast<int>(i * 40503U / 2 % 65536 / 2048));
    for (const std::uint16_t sample : {static_cast<std::uint16_t>(left), right}) {
      stereo.push_back(static_cast<std::uint8_t>(sample));
      stereo.push_back(static_cast<std::uint8_t>(sample >> 8));
    }
  }
  const auto plain = filter(CodecId::integers, stereo), smaller = filter_smaller(CodecId::integers, stereo);
  ASSERT_TRUE(plain && smaller);
  EXPECT_LT(compressed_size(*smaller) * 100, compressed_size(*plain) * 98);
  const auto back = restore(CodecId::integers, *smaller, stereo.size(), stereo.size());
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, stereo);
}

TEST(IntegersFilter, SurvivesDamageEverywhere) {
  for (const NumericKind& kind : integer_kinds()) {
    const ByteView raw = ByteView(kind.bytes).first(12'000);
    auto filtered = filter_smaller(CodecId::integers, raw);
    if (!filtered) continue;
    for (std::size_t bit = 0; bit < 8 * filtered->size(); bit += bit < 4000 ? 1 : 61) {
      (*filtered)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      const auto result = restore(CodecId::integers, *filtered, raw.size(), raw.size());
      EXPECT_TRUE(result || result.error().code == Errc::corrupt);
      (*filtered)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    }
  }
}

Bytes payload_of(const ElementForm& form, std::size_t raw_length, PageWriter&& pages) {
  Bytes payload = numeric::write_plan({{form, raw_length}});
  const std::size_t plan = payload.size();
  payload.resize(plan + 2 * raw_length + 4096);
  payload.resize(plan + *join_parts(pages.finish(), MutableBytes(payload).subspan(plan)));
  return payload;
}

// Pages of every encoding, for numbers of every width.
TEST(IntegersFilter, ReadsPagesOfEveryWidth) {
  for (const std::uint8_t width : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{4}, std::uint8_t{8}}) {
    ElementForm form;
    form.width = width;
    form.layout = Layout::pages;
    for (unsigned bits = 0; bits <= 8U * width; ++bits) {
      std::vector<std::uint64_t> values;
      Bytes raw;
      for (std::size_t i = 0; i < 700; ++i) {
        values.push_back(bits == 0 ? 0 : (i * 0x9E3779B97F4A7C15ULL ^ i << 40) >> (64 - bits));
        for (std::size_t byte = 0; byte < width; ++byte) raw.push_back(static_cast<std::uint8_t>(values.back() >> 8 * byte));
      }
      PageWriter pages;
      pages.write(width, values, {});
      const auto back = restore(CodecId::integers, payload_of(form, raw.size(), std::move(pages)), raw.size(), raw.size());
      ASSERT_TRUE(back) << back.error().message;
      EXPECT_EQ(*back, raw) << "width " << int{width} << " bits " << bits;
    }
  }
}

TEST(IntegersFilter, RefusesWhatNoEncoderWrites) {
  ElementForm form;
  form.width = 2;
  form.layout = Layout::pages;
  const std::vector<std::uint64_t> values(600, 7);
  const auto error_of = [&](const ElementForm& of, const std::vector<std::uint64_t>& numbers, const integers::LinearPrediction& linear) {
    PageWriter pages;
    pages.write(of.width, numbers, linear);
    const auto back = restore(CodecId::integers, payload_of(of, 1200, std::move(pages)), 1200, 1200);
    return back ? Errc::internal : back.error().code;
  };
  integers::LinearPrediction linear;
  linear.taps = 4;
  EXPECT_EQ(error_of(form, values, linear), Errc::corrupt) << "a linear prediction without zigzag";
  form.predictor = Predictor::left;
  form.zigzag = true;
  linear.shift = integers::kMostShift + 1;
  EXPECT_EQ(error_of(form, values, linear), Errc::corrupt) << "a shift out of range";
  form.distance = integers::kMostAdaptiveChannels + 1;
  integers::LinearPrediction adaptive;
  adaptive.is_adaptive = true;
  EXPECT_EQ(error_of(form, values, adaptive), Errc::corrupt) << "too many channels";
  form.distance = 1;
  EXPECT_NE(error_of(form, values, adaptive), Errc::corrupt);
  EXPECT_EQ(error_of(form, std::vector<std::uint64_t>(600, 70'000), {}), Errc::corrupt) << "numbers longer than their elements";
  EXPECT_EQ(error_of(form, std::vector<std::uint64_t>(599, 7), linear), Errc::corrupt) << "too few symbols";
  form.is_ranked = true;
  EXPECT_EQ(error_of(form, values, {}), Errc::corrupt) << "ranks without a table";
}

}  // namespace
}  // namespace npk::codec
