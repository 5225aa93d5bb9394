#include "crypto/epoch_record.h"

#include <gtest/gtest.h>

#include "crypto/sealing.h"

namespace npk::crypto {
namespace {

EpochRecord record_of(std::vector<std::uint32_t> epochs, std::vector<std::string> recipients) {
  EpochRecord record;
  record.package_id = {1, 2, 3};
  for (const std::uint32_t epoch : epochs) record.keys.emplace(epoch, random_key().value());
  record.recipients = std::move(recipients);
  return record;
}

TEST(EpochRecord, ComesBack) {
  const EpochRecord record = record_of({1, 2, 700}, {"age1abc", ""});
  const SecretBytes bytes = encode_epoch_record(record).value();
  const EpochRecord back = decode_epoch_record(bytes.view()).value();
  EXPECT_EQ(back.package_id, record.package_id);
  EXPECT_EQ(back.recipients, record.recipients);
  ASSERT_EQ(back.keys.size(), 3U);
  for (const auto& [epoch, key] : record.keys) EXPECT_TRUE(equal_in_constant_time(key.view(), back.keys.at(epoch).view()));
}

TEST(EpochRecord, TheHeadersHashComesBack) {
  EpochRecord record = record_of({1}, {"age1abc"});
  EXPECT_FALSE(decode_epoch_record(encode_epoch_record(record).value().view()).value().header_hash);
  record.header_hash.emplace().fill(7);
  const SecretBytes bytes = encode_epoch_record(record).value();
  EXPECT_EQ(decode_epoch_record(bytes.view()).value().header_hash, record.header_hash);
  for (std::size_t cut = 1; cut < 32; ++cut)
    EXPECT_EQ(decode_epoch_record(bytes.view().first(bytes.size() - cut)).error().code, Errc::trailing_data) << cut;
}

TEST(EpochRecord, EveryCutAndOneByteMoreIsRefused) {
  const SecretBytes bytes = encode_epoch_record(record_of({1}, {"age1abc"})).value();
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_epoch_record(bytes.view().first(size))) << size;
  SecretBytes longer = SecretBytes::allocate(bytes.size() + 1).value();
  std::ranges::copy(bytes.view(), longer.span().begin());
  EXPECT_EQ(decode_epoch_record(longer.view()).error().code, Errc::trailing_data);
}

TEST(EpochRecord, HostileFieldsAreRefused) {
  const auto edited = [](std::size_t at, std::uint8_t value) {
    SecretBytes bytes = encode_epoch_record(record_of({1, 2}, {})).value();
    bytes.span()[at] = value;
    const auto decoded = decode_epoch_record(bytes.view());
    return decoded ? Errc::internal : decoded.error().code;
  };
  constexpr std::size_t kCount = 24, kFirstEpoch = 28, kSecondEpoch = 28 + 36;
  EXPECT_EQ(edited(7, '2'), Errc::unsupported);
  EXPECT_EQ(edited(kCount, 0), Errc::corrupt);
  EXPECT_EQ(edited(kCount + 3, 1), Errc::corrupt);
  EXPECT_EQ(edited(kFirstEpoch, 0), Errc::corrupt);
  EXPECT_EQ(edited(kSecondEpoch, 1), Errc::corrupt);
}

}  // namespace
}  // namespace npk::crypto
