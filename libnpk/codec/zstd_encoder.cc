// For ZSTD_getCParams, ZSTD_createCCtx_advanced, ZSTD_estimateCCtxSize_usingCParams, ZSTD_c_useBlockSplitter and ZSTD_c_maxBlockSize.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string>

#include "codec/encoder_factories.h"

namespace npk::codec {
namespace {

struct ContextDeleter {
  void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
};

ZSTD_customMem memory_of(const EncoderOptions& options) { return {allocate_from, release_to, options.pages}; }

struct Field {
  std::string_view name;
  ZSTD_cParameter parameter;
  std::optional<int> ZstdParameters::*value;
};

constexpr Field kFields[] = {
    {"zstd: strategy", ZSTD_c_strategy, &ZstdParameters::strategy},
    {"zstd: hash_log", ZSTD_c_hashLog, &ZstdParameters::hash_log},
    {"zstd: chain_log", ZSTD_c_chainLog, &ZstdParameters::chain_log},
    {"zstd: search_log", ZSTD_c_searchLog, &ZstdParameters::search_log},
    {"zstd: min_match", ZSTD_c_minMatch, &ZstdParameters::min_match},
    {"zstd: target_length", ZSTD_c_targetLength, &ZstdParameters::target_length},
    {"zstd: most_block_bytes", ZSTD_c_maxBlockSize, &ZstdParameters::most_block_bytes},
};

struct ParametersDeleter {
  void operator()(ZSTD_CCtx_params* parameters) const noexcept { ZSTD_freeCCtxParams(parameters); }
};

using Parameters = std::unique_ptr<ZSTD_CCtx_params, ParametersDeleter>;

// Parameters are checked beforehand, so a refusal is a bug of ours or an allocation that failed.
void check(std::size_t code) {
  if (ZSTD_isError(code) != 0) throw std::bad_alloc();
}

Parameters make_parameters(const CodecStep& step, const ZstdParameters& zstd) {
  Parameters made(ZSTD_createCCtxParams());
  if (made == nullptr) throw std::bad_alloc();
  const auto set = [&](ZSTD_cParameter parameter, int value) { check(ZSTD_CCtxParams_setParameter(made.get(), parameter, value)); };
  set(ZSTD_c_compressionLevel, step.level);
  set(ZSTD_c_windowLog, static_cast<int>(step.parameter));
  set(ZSTD_c_contentSizeFlag, 0);
  set(ZSTD_c_dictIDFlag, 0);
  set(ZSTD_c_checksumFlag, 0);
  // Else a base's tables are copied for each block that is not tiny: megabytes, for a block of 128 KiB.
  set(ZSTD_c_forceAttachDict, ZSTD_dictForceAttach);
  for (const Field& field : kFields) {
    if (const std::optional<int>& value = zstd.*field.value) set(field.parameter, *value);
  }
  if (zstd.long_distance) set(ZSTD_c_enableLongDistanceMatching, *zstd.long_distance ? ZSTD_ps_enable : ZSTD_ps_disable);
  if (zstd.split_blocks) set(ZSTD_c_useBlockSplitter, *zstd.split_blocks ? ZSTD_ps_enable : ZSTD_ps_disable);
  return made;
}

bool is_long(std::uint64_t block_bytes, std::size_t long_block_bytes) noexcept { return long_block_bytes != 0 && block_bytes >= long_block_bytes; }

struct DictionaryDeleter {
  void operator()(ZSTD_CDict* dictionary) const noexcept { ZSTD_freeCDict(dictionary); }
};

class ZstdEncoder final : public Encoder {
 public:
  explicit ZstdEncoder(const EncoderOptions& options)
      : Encoder(options.step), context_(ZSTD_createCCtx_advanced(memory_of(options))), parameters_(make_parameters(options.step, options.zstd)),
        long_parameters_(make_parameters(options.step, options.long_block_zstd)), long_block_bytes_(options.long_block_bytes) {
    if (context_ == nullptr) throw std::bad_alloc();
  }

  Result<std::optional<std::size_t>> encode(ByteView raw, ByteView base, MutableBytes out) override {
    const bool is_kept = base.empty() || (base.data() == kept_.data() && base.size() == kept_.size());
    if (!is_kept) keep_base(base);
    if (!base.empty() && dictionary_ == nullptr) load_base();
    ZSTD_CCtx_reset(context_.get(), ZSTD_reset_session_only);
    check(ZSTD_CCtx_refCDict(context_.get(), nullptr));  // parameters are taken without one only
    const Parameters& parameters = base.empty() && is_long(raw.size(), long_block_bytes_) ? long_parameters_ : parameters_;
    check(ZSTD_CCtx_setParametersUsingCCtxParams(context_.get(), parameters.get()));
    if (!base.empty()) check(ZSTD_CCtx_refCDict(context_.get(), dictionary_.get()));
    const std::size_t size = ZSTD_compress2(context_.get(), out.data(), out.size(), raw.data(), raw.size());
    if (!is_kept) keep_base({});
    if (ZSTD_isError(size) == 0) return size;
    const ZSTD_ErrorCode code = ZSTD_getErrorCode(size);
    if (code == ZSTD_error_memory_allocation) throw std::bad_alloc();
    if (code == ZSTD_error_dstSize_tooSmall || code == ZSTD_error_dstBuffer_null) return std::nullopt;
    return fail(Errc::internal, std::string("zstd: ") + ZSTD_getErrorName(size));
  }

  void keep_base(ByteView base) override {
    dictionary_.reset();
    kept_ = base;
  }

 private:
  void load_base() {
    dictionary_.reset(ZSTD_createCDict_advanced2(kept_.data(), kept_.size(), ZSTD_dlm_byRef, ZSTD_dct_rawContent, parameters_.get(), ZSTD_defaultCMem));
    if (dictionary_ == nullptr) throw std::bad_alloc();
  }

  std::unique_ptr<ZSTD_CCtx, ContextDeleter> context_;
  Parameters parameters_, long_parameters_;
  std::size_t long_block_bytes_;
  ByteView kept_;
  std::unique_ptr<ZSTD_CDict, DictionaryDeleter> dictionary_;  // of kept_, once it is needed
};

ZSTD_compressionParameters parameters_for(const CodecStep& step, const ZstdParameters& given, std::uint64_t block, std::uint64_t base) {
  ZSTD_compressionParameters chosen = ZSTD_getCParams(step.level, block, base);
  const auto take = [](const std::optional<int>& value, unsigned& field) {
    if (value) field = static_cast<unsigned>(*value);
  };
  chosen.windowLog = std::min(chosen.windowLog, step.parameter);
  take(given.hash_log, chosen.hashLog);
  take(given.chain_log, chosen.chainLog);
  take(given.search_log, chosen.searchLog);
  take(given.min_match, chosen.minMatch);
  take(given.target_length, chosen.targetLength);
  if (given.strategy) chosen.strategy = static_cast<ZSTD_strategy>(*given.strategy);
  return chosen;
}

}  // namespace

Result<EncoderOptions> check_zstd(EncoderOptions options) {
  NPK_TRY(expect_range("zstd: level", options.step.level, -100, ZSTD_maxCLevel()));
  if (options.step.parameter == 0) {
    options.step.parameter = ZSTD_getCParams(options.step.level, 0, 0).windowLog;
  }
  NPK_TRY(expect_range("zstd: parameter (window log)", options.step.parameter, kMinZstdWindowLog, kMaxZstdWindowLog));
  for (const Field& field : kFields) {
    const ZSTD_bounds bounds = ZSTD_cParam_getBounds(field.parameter);
    for (const std::optional<int>& value : {options.zstd.*field.value, options.long_block_zstd.*field.value})
      if (value) NPK_TRY(expect_range(field.name, *value, bounds.lowerBound, bounds.upperBound));
  }
  return options;
}

std::unique_ptr<Encoder> create_zstd_encoder(const EncoderOptions& options) {
  return std::make_unique<ZstdEncoder>(options);
}

std::uint64_t zstd_memory(const EncoderOptions& options, std::uint64_t block, std::uint64_t base) {
  constexpr std::uint64_t kLongDistanceTables = 32U << 20;  // hash table at window log 27, and its sequences
  const ZSTD_compressionParameters parameters = parameters_for(options.step, options.zstd, block, base);
  std::uint64_t context = ZSTD_estimateCCtxSize_usingCParams(parameters);
  if (is_long(block, options.long_block_bytes))
    context = std::max<std::uint64_t>(context, ZSTD_estimateCCtxSize_usingCParams(parameters_for(options.step, options.long_block_zstd, block, base)));
  if (base != 0) context += ZSTD_estimateCDictSize_advanced(base, parameters, ZSTD_dlm_byRef);
  return context + (options.zstd.long_distance.value_or(options.step.parameter >= 27) ? kLongDistanceTables : 0);
}

}  // namespace npk::codec
