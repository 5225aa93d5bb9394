// Small packages of every kind with all that each of their generations holds, and what readers may make of them once they are damaged.
#pragma once

#include "unit/append/append_support.h"

namespace npk::testing {

struct Sample {
  Bytes bytes;
  Identities keys;
  std::map<std::uint64_t, State> states;  // by generation
  std::vector<Bytes> whole;               // the package after each step: sound, if the rest is cut off
};

enum class Kind { plain, generations, signed_generations, sealed_generations, sealed_and_signed, protected_generations };
inline constexpr Kind kKinds[] = {Kind::plain,         Kind::generations, Kind::signed_generations, Kind::sealed_generations,
                                  Kind::sealed_and_signed, Kind::protected_generations};
[[nodiscard]] const char* name_of(Kind kind);
inline void PrintTo(Kind kind, std::ostream* out) { *out << name_of(kind); }

// Of a few kilobytes; `content_bytes` of each file at most.
[[nodiscard]] Sample make_sample(Kind kind, std::size_t content_bytes = 300);

// Empty if all that a reader gives of `damaged` is as some generation of the sample had it, and all that it refuses it refuses with a code
// that a package may call for. Threads may call it at once.
[[nodiscard]] std::string wrong_in_reader(const std::shared_ptr<RandomAccessSource>& damaged, const Sample& sample);
// Empty if verify finds something; or, with `may_be_sound`, nothing.
[[nodiscard]] std::string wrong_in_verify(const std::shared_ptr<RandomAccessSource>& damaged, const Sample& sample, bool may_be_sound);
// Both. The bytes are sound that end with a whole package: what a later writer added is cut off, or something lies before it.
[[nodiscard]] std::string wrong(ByteView damaged, const Sample& sample);

}  // namespace npk::testing
