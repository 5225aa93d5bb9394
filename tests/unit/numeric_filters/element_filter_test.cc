// Every numeric and branch filter: exact on anything, and harmless on damaged payloads.
#include <gtest/gtest.h>

#include "codec/filter/numeric/element_form.h"
#include "codec/filter/numeric/encoder/alike_bytes.h"
#include "codec/filter/numeric/encoder/choose_numeric.h"
#include "codec/filter/numeric/encoder/residuals.h"
#include "unit/numeric_filters/filter_support.h"

namespace npk::codec {
namespace {

using format::CodecId;

constexpr std::uint8_t kWidths[] = {1, 2, 3, 4, 8};

void expect_exact(CodecId id, ByteView raw, const char* what) {
  const auto filtered = filter(id, raw);
  if (!filtered) return;
  EXPECT_EQ(filter(id, raw), filtered) << "not deterministic: " << what;
  for (const std::size_t wanted : {raw.size(), raw.size() / 2, std::min<std::size_t>(1, raw.size())}) {
    if (wanted == 0) continue;
    const auto back = restore(id, *filtered, raw.size(), wanted);
    ASSERT_TRUE(back) << what << ": " << back.error().message;
    ASSERT_TRUE(std::ranges::equal(*back, raw.first(wanted))) << what << ", filter " << static_cast<int>(id) << ", " << raw.size() << " bytes";
  }
}

TEST(NumericFilters, GiveBackWhatTheyAreGiven) {
  for (const CodecId id : kTested) {
    for (const DataKind& kind : kDataKinds) {
      for (const std::size_t size : {0U, 1U, 2U, 7U, 255U, 256U, 257U, 4095U, 4096U, 4099U, 65'536U, 200'001U})
        expect_exact(id, kind.make(size, size + 1), kind.name.data());
    }
    for (const NumericKind& kind : numeric_kinds()) {
      expect_exact(id, kind.bytes, kind.name);
      for (std::size_t size = 4096; size < 4130; ++size) expect_exact(id, ByteView(kind.bytes).subspan(size % 9, size), kind.name);
    }
  }
}

// The memory in front of a block is not the block's.
TEST(NumericFilters, LookAtNothingBeforeABlock) {
  for (const NumericKind& kind : numeric_kinds()) {
    for (const std::size_t size : {256U, 1000U, 5000U}) {
      Bytes alone(kind.bytes.begin(), kind.bytes.begin() + static_cast<std::ptrdiff_t>(size)), behind(64, 0xA5);
      behind.insert(behind.end(), alone.begin(), alone.end());
      alone.shrink_to_fit();
      for (const CodecId id : kTested) EXPECT_EQ(filter(id, alone), filter(id, ByteView(behind).subspan(64))) << kind.name;
    }
  }
}

TEST(NumericFilters, TakeWhatIsOfTheirKind) {
  const auto kinds = numeric_kinds();
  for (const NumericKind& kind : kinds) EXPECT_TRUE(filter(CodecId::element_delta, kind.bytes)) << kind.name;
  EXPECT_TRUE(filter(CodecId::byte_shuffle, kinds[5].bytes));
  EXPECT_TRUE(filter(CodecId::decimal_floats, kinds[3].bytes));
  EXPECT_FALSE(filter(CodecId::element_delta, random_bytes(100'000, 3)));
  EXPECT_FALSE(filter(CodecId::element_delta, text_bytes(100'000, 3)));
}

// Places in a sorted catalog: three coordinates a record, all bytes of which are noise but the highest, and that only seen from record to record.
Bytes dense_records(std::size_t count) {
  const Bytes noise = random_bytes(16 * count, 11);
  Bytes records;
  std::array<std::uint32_t, 3> place{};
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 32 == 0) std::memcpy(place.data(), &noise[16 * i], sizeof place);
    for (std::size_t field = 0; field < 3; ++field) {
      std::uint32_t step;
      std::memcpy(&step, &noise[16 * i + 4 + 4 * field], sizeof step);
      const std::uint32_t value = place[field] + (step >> 7U);
      for (unsigned byte = 0; byte < 4; ++byte) records.push_back(static_cast<std::uint8_t>(value >> 8 * byte));
    }
  }
  return records;
}

TEST(NumericFilters, SeeRecordsInWhatLooksLikeNoise) {
  const Bytes records = dense_records(20'000);
  EXPECT_EQ(numeric::alike_lag(ByteView(records).subspan(4096)), 12U);
  EXPECT_EQ(numeric::alike_lag(random_bytes(4096, 4)), 0U);
  EXPECT_EQ(numeric::alike_lag(ByteView(records).first(1000)), 0U) << "too few to be sure";
  EXPECT_TRUE(numeric::has_alike_elements(records));
  for (std::uint64_t seed = 0; seed < 100; ++seed) EXPECT_FALSE(numeric::has_alike_elements(random_bytes(20'000, seed))) << seed;
  const auto segments = numeric::choose_segments(records, numeric::Allowed::element_delta, 64);
  const auto is_of_records = [](const numeric::Segment& segment) { return segment.form.has_distance() && segment.form.width * segment.form.distance == 12; };
  EXPECT_TRUE(std::ranges::any_of(segments, is_of_records));
  expect_exact(CodecId::element_delta, records, "dense records");
  expect_exact(CodecId::integers, records, "dense records");
}

// Each number is predicted from the one before it, but the first of three from none: only apart do the others become small.
TEST(NumericFilters, PutFieldsOfRecordsInPlanesOfTheirOwn) {
  const Bytes noise = random_bytes(64'000, 12);
  Bytes records;
  for (std::size_t i = 0; i + 4 <= noise.size(); i += 4) {
    const std::uint32_t first = noise[i] + 256U * noise[i + 1] + (noise[i + 2] & 1U) * 65'536U;
    for (const std::uint32_t value : {first, first + noise[i + 3] % 16, first + noise[i + 2] % 8}) {
      for (unsigned byte = 0; byte < 4; ++byte) records.push_back(static_cast<std::uint8_t>(value >> 8 * byte));
    }
  }
  const auto segments = numeric::choose_segments(records, numeric::Allowed::element_delta, 64);
  EXPECT_TRUE(std::ranges::any_of(segments, [](const numeric::Segment& segment) { return segment.form.period == 12; }));
  expect_exact(CodecId::element_delta, records, "records of three");
}

void expect_harmless(CodecId id, const Bytes& payload, std::size_t raw_length) {
  const auto result = restore(id, payload, raw_length, raw_length);
  EXPECT_TRUE(result || result.error().code == Errc::corrupt);
}

TEST(NumericFilters, SurviveDamage) {
  for (const CodecId id : kTested) {
    for (const NumericKind& kind : numeric_kinds()) {
      const ByteView raw = ByteView(kind.bytes).first(9000);
      auto filtered = filter(id, raw);
      if (!filtered) continue;
      const std::size_t near = std::min<std::size_t>(filtered->size(), 200);
      for (std::size_t bit = 0; bit < 8 * near; ++bit) {
        (*filtered)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        expect_harmless(id, *filtered, raw.size());
        (*filtered)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      }
      for (std::size_t length = 0; length < filtered->size(); length += length < near ? 1 : 397) {
        const auto result = restore(id, ByteView(*filtered).first(length), raw.size(), raw.size());
        ASSERT_FALSE(result) << kind.name << " cut at " << length;
        EXPECT_EQ(result.error().code, Errc::corrupt);
      }
    }
    for (std::uint64_t seed = 0; seed < 500; ++seed) expect_harmless(id, random_bytes(seed % 90, seed), 1 + seed * seed);
  }
}

std::vector<numeric::ElementForm> forms() {
  using numeric::Layout, numeric::Predictor;
  std::vector<numeric::ElementForm> forms;
  for (const std::uint8_t width : kWidths) {
    for (unsigned i = 0; i < 8 * 3 * 8; ++i) {
      numeric::ElementForm form;
      form.width = width;
      form.lead = static_cast<std::uint8_t>(i % width);
      form.big_endian = width > 1 && i % 2 != 0;
      form.predictor = static_cast<Predictor>(i / 2 % 8);
      form.zigzag = i / 16 % 2 != 0 && form.has_distance() && form.predictor != Predictor::exclusive;
      form.layout = static_cast<Layout>(i / 32 % 3);
      form.is_decimal = width >= 4 && i / 96 != 0;
      form.decimals = form.is_decimal ? static_cast<std::uint8_t>(i % 4) : 0;
      if (form.has_distance()) form.distance = i % 3 == 0 ? 1 : 1 + i % 7;
      if (form.has_row()) form.row = 1 + i * 5 % 90;
      if (form.layout == Layout::byte_planes) form.period = i % 5 == 0 ? 1 + i % 40 : width;
      forms.push_back(form);
    }
  }
  return forms;
}

TEST(ElementForms, AreUndoneAndSpeltByPlans) {
  numeric::SegmentEncoder encoder;
  for (const NumericKind& kind : numeric_kinds()) {
    for (const numeric::ElementForm& form : forms()) {
      for (const std::size_t size : {0U, 1U, 5U, 16U, 100U, 3001U}) {
        const ByteView raw = ByteView(kind.bytes).subspan(size, size);
        Bytes filtered(size), back(size);
        encoder.apply(form, raw, filtered);
        numeric::restore_segment(form, filtered, back);
        ASSERT_TRUE(std::ranges::equal(back, raw)) << kind.name << " width " << int{form.width} << " predictor " << static_cast<int>(form.predictor)
                                                   << " layout " << static_cast<int>(form.layout) << " size " << size;
      }
      Bytes plan = numeric::write_plan({{form, 8192}, {{}, 100}});
      plan.resize(plan.size() + 8292);
      ByteView view = plan;
      const auto segments = numeric::take_plan(view, 8292, numeric::Allowed::element_delta);
      ASSERT_TRUE(segments) << segments.error().message;
      EXPECT_EQ(segments->front().form, form);
      EXPECT_EQ(segments->front().length, 8192U);
      EXPECT_EQ(view.size(), 8292U);
    }
  }
}

}  // namespace
}  // namespace npk::codec
