// Private to npk_codec_encode: three functions per codec, listed in encoder.cc. `check` fills in step.parameter.
#pragma once

#include <memory>

#include "codec/encoder.h"

namespace npk::codec {

[[nodiscard]] Result<EncoderOptions> check_store(EncoderOptions options);
[[nodiscard]] std::unique_ptr<Encoder> create_store_encoder(const EncoderOptions& options);
[[nodiscard]] std::uint64_t store_memory(const EncoderOptions& options, std::uint64_t block, std::uint64_t base);

[[nodiscard]] Result<EncoderOptions> check_zstd(EncoderOptions options);
[[nodiscard]] std::unique_ptr<Encoder> create_zstd_encoder(const EncoderOptions& options);
[[nodiscard]] std::uint64_t zstd_memory(const EncoderOptions& options, std::uint64_t block, std::uint64_t base);

[[nodiscard]] Result<EncoderOptions> check_lz4(EncoderOptions options);
[[nodiscard]] std::unique_ptr<Encoder> create_lz4_encoder(const EncoderOptions& options);
[[nodiscard]] std::uint64_t lz4_memory(const EncoderOptions& options, std::uint64_t block, std::uint64_t base);

[[nodiscard]] Result<EncoderOptions> check_lzma2(EncoderOptions options);
[[nodiscard]] std::unique_ptr<Encoder> create_lzma2_encoder(const EncoderOptions& options);
[[nodiscard]] std::uint64_t lzma2_memory(const EncoderOptions& options, std::uint64_t block, std::uint64_t base);

// Errc::misuse naming the field unless low <= value <= high.
[[nodiscard]] Result<void> expect_range(std::string_view field, std::int64_t value, std::int64_t low, std::int64_t high);

}  // namespace npk::codec
