// Each vectorised kernel against the plain one, and that the forced one is the one that runs.
#include <gtest/gtest.h>

#include <cstdlib>

#include "codec/filter/integers/class_kernels_encode.h"
#include "codec/filter/integers/linear_kernels_encode.h"
#include "codec/filter/numeric/decimals.h"
#include "codec/filter/numeric/encoder/lag_kernels.h"
#include "codec/filter/numeric/encoder/residuals.h"
#include "codec/filter/numeric/encoder/split_kernels.h"
#include "unit/codec/test_data.h"

namespace npk::codec::numeric {
namespace {

constexpr std::uint8_t kWidths[] = {1, 2, 3, 4, 8};

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const SplitKernel& kernel : split_kernels()) {
    if (kernel.available()) names.emplace_back(kernel.name);
  }
  return names;
}

class NumericKernel : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] const SplitKernel& split() const { return *std::ranges::find(split_kernels(), GetParam(), &SplitKernel::name); }
  [[nodiscard]] const PlaneKernel& join() const { return *std::ranges::find(plane_kernels(), GetParam(), &PlaneKernel::name); }
  static const SplitKernel& plain_split() { return split_kernels().back(); }
  static const PlaneKernel& plain_join() { return plane_kernels().back(); }
};

TEST_P(NumericKernel, SplitsAndJoinsAsThePlainOne) {
  for (const std::size_t size : {0U, 1U, 15U, 64U, 511U, 512U, 513U, 4096U, 40'001U}) {
    const Bytes raw = random_bytes(size, size + 3);
    for (const std::size_t period : {1U, 2U, 3U, 4U, 8U, 12U, 300U}) {
      Bytes planes(size), expected(size), back(size);
      split_planes(split(), raw, period, planes);
      split_planes(plain_split(), raw, period, expected);
      ASSERT_EQ(planes, expected) << size << " " << period;
      join_planes(join(), planes, period, back);
      ASSERT_EQ(back, raw);
      join_planes(plain_join(), planes, period, back);
      ASSERT_EQ(back, raw);
      if (period > 8 || period == 12) continue;
      split_bit_planes(split(), raw, period, planes);
      split_bit_planes(plain_split(), raw, period, expected);
      ASSERT_EQ(planes, expected) << size << " " << period;
      join_bit_planes(join(), planes, period, back);
      ASSERT_EQ(back, raw);
      join_bit_planes(plain_join(), planes, period, back);
      ASSERT_EQ(back, raw);
    }
  }
}

TEST_P(NumericKernel, DoesTheWorkItself) {
  if (GetParam() == "plain") return;
  const Bytes raw = random_bytes(8 * 256, 1);
  Bytes planes(raw.size());
  std::array<std::uint8_t*, 8> starts;
  for (std::size_t i = 0; i < 8; ++i) starts[i] = planes.data() + i * 256;
  EXPECT_EQ(split().split(raw.data(), 8, 256, starts.data()), 256U);
  EXPECT_EQ(split().split_bits(raw.data(), 256, starts.data()), 256U);
}

TEST_P(NumericKernel, TakesResidualsAsThePlainOne) {
  const Bytes raw = random_bytes(9000, 9);
  for (const std::uint8_t width : kWidths) {
    for (unsigned i = 0; i < 32; ++i) {
      ElementForm form;
      form.width = width;
      form.big_endian = width > 1 && i % 2 != 0;
      form.predictor = static_cast<Predictor>(i / 2 % 8);
      form.zigzag = i / 16 != 0 && form.has_distance() && form.predictor != Predictor::exclusive;
      form.distance = 3;
      form.row = 50;
      const std::size_t first = elements_before(form), count = raw.size() / width - first;
      Bytes residuals(count * width), expected(count * width);
      residual_kernel(GetParam())(form, raw.data(), first, first + count, residuals.data());
      residual_kernel("plain")(form, raw.data(), first, first + count, expected.data());
      ASSERT_EQ(residuals, expected) << int{width} << " " << i;
    }
  }
}

TEST_P(NumericKernel, ExchangesDecimalsAsThePlainOne) {
  Bytes raw = random_bytes(64'000, 10);
  for (std::size_t i = 0; i + 8 <= 16'000; i += 8) store_le(&raw[i], std::bit_cast<std::uint64_t>(static_cast<double>(i) / 100.0 - 50));
  for (std::size_t i = 16'000; i + 4 <= 32'000; i += 4) store_le(&raw[i], std::bit_cast<std::uint32_t>(static_cast<float>(i) / 100.0F - 200));
  for (const std::uint8_t width : {std::uint8_t{4}, std::uint8_t{8}}) {
    for (std::uint8_t decimals = 0; decimals <= 10; ++decimals) {
      ElementForm form;
      form.width = width;
      form.is_decimal = true;
      form.decimals = decimals;
      Bytes exchanged(raw.size()), expected(raw.size());
      decimal_kernel(GetParam())(form, raw.data(), raw.size() / width, exchanged.data());
      decimal_kernel("plain")(form, raw.data(), raw.size() / width, expected.data());
      ASSERT_EQ(exchanged, expected);
      decimal_kernel(GetParam())(form, exchanged.data(), raw.size() / width, exchanged.data());
      ASSERT_EQ(exchanged, raw) << "not its own inverse: width " << int{width} << ", decimals " << int{decimals};
    }
  }
}

TEST_P(NumericKernel, SumsAsThePlainOne) {
  const Bytes raw = random_bytes(3000, 11);
  for (std::size_t lag = 1; lag < 1900; lag += 37) EXPECT_EQ(lag_kernel(GetParam())(&raw[1900], lag), lag_kernel("plain")(&raw[1900], lag));
}

TEST_P(NumericKernel, CountsEqualBytesAsThePlainOne) {
  Bytes raw = random_bytes(3000, 12);
  for (std::uint8_t& byte : raw) byte %= 5;
  for (const std::size_t count : {0U, 1U, 31U, 64U, 100U, 1024U}) {
    for (std::size_t lag = 1; lag < 1900; lag += 37)
      EXPECT_EQ(equal_kernel(GetParam())(&raw[1900], count, lag), equal_kernel("plain")(&raw[1900], count, lag));
  }
}

TEST_P(NumericKernel, ClassifiesAsThePlainOne) {
  const Bytes noise = random_bytes(8 * integers::kPageValues, 13);
  for (const unsigned bytes : {1U, 2U, 3U, 4U}) {
    std::vector<std::uint64_t> values(integers::kPageValues);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const unsigned bits = static_cast<unsigned>(i % (8 * bytes + 1));
      values[i] = i < 600 ? load_le<std::uint64_t>(&noise[8 * i]) & ((std::uint64_t{1} << bits) - 1) : (std::uint64_t{1} << bits) - (bits != 0 ? i % 2 : 1);
      values[i] &= (std::uint64_t{1} << 8 * bytes) - 1;
    }
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{37}, integers::kPageValues}) {
      std::array<std::uint8_t, integers::kPageValues> symbols{}, low{}, expected_symbols{}, expected_low{};
      integers::classify_kernel(GetParam())(integers::Classes(bytes), std::span(values).first(count), symbols.data(), low.data());
      integers::classify_kernel("plain")(integers::Classes(bytes), std::span(values).first(count), expected_symbols.data(), expected_low.data());
      ASSERT_EQ(symbols, expected_symbols) << bytes;
      ASSERT_EQ(low, expected_low) << bytes;
    }
  }
}

TEST_P(NumericKernel, PredictsLinearlyAsThePlainOne) {
  constexpr std::size_t kBefore = integers::kFittedTaps * integers::kMostLinearDistance;
  const Bytes noise = random_bytes(2 * (kBefore + integers::kPageValues), 14);
  for (const unsigned bits : {8U, 16U}) {
    std::vector<std::int32_t> numbers(kBefore + integers::kPageValues, -(1 << (bits - 1)));
    for (std::size_t i = 0; i + 300 < numbers.size(); ++i) {
      const auto number = static_cast<std::int16_t>(load_le<std::uint16_t>(&noise[2 * i]));
      numbers[i] = bits == 16 ? number : static_cast<std::int8_t>(number);
    }
    const std::vector<double> reals(numbers.begin(), numbers.end());
    for (std::size_t distance = 1; distance <= integers::kMostLinearDistance; ++distance) {
      for (const std::size_t count : {std::size_t{1}, std::size_t{97}, integers::kPageValues}) {
        integers::TapSums sums, expected_sums;
        integers::product_kernel(GetParam())(&reals[kBefore], count, distance, sums);
        integers::product_kernel("plain")(&reals[kBefore], count, distance, expected_sums);
        ASSERT_EQ(sums, expected_sums);
        integers::LinearPrediction linear{.taps = integers::kFittedTaps, .shift = static_cast<unsigned>(2 * distance - 1)};
        for (std::size_t tap = 0; tap < integers::kFittedTaps; ++tap) linear.weights[tap] = static_cast<std::int16_t>(load_le<std::uint16_t>(&noise[64 * tap]));
        std::array<std::uint32_t, integers::kPageValues> left{}, expected{};
        integers::linear_kernel(GetParam())(&numbers[kBefore], count, distance, linear, bits, left.data());
        integers::linear_kernel("plain")(&numbers[kBefore], count, distance, linear, bits, expected.data());
        ASSERT_EQ(left, expected);
      }
    }
  }
}

// In a process of its own: the choice is made once.
TEST_P(NumericKernel, CanBeForcedByTheEnvironment) {
  const auto forced = [&] {
    setenv("NPK_NUMERIC_KERNEL", GetParam().c_str(), 1);
    std::_Exit(split_kernel().name == GetParam() && plane_kernel().name == GetParam() ? 0 : 1);
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(forced(), testing::ExitedWithCode(0), "");
}

INSTANTIATE_TEST_SUITE_P(Available, NumericKernel, testing::ValuesIn(names()), [](const auto& each) { return each.param; });

}  // namespace
}  // namespace npk::codec::numeric
