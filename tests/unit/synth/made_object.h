// Whole objects in memory, for tests.
#pragma once

#include <gtest/gtest.h>

#include "npk/synth.h"

namespace npk::synth {

inline ObjectGenerator generator_of(const ObjectOptions& options) {
  auto made = ObjectGenerator::create(options);
  if (!made) ADD_FAILURE() << made.error().to_string();
  return *made;
}

inline Bytes whole(const ObjectGenerator& generator) {
  Bytes bytes(static_cast<std::size_t>(generator.total()));
  EXPECT_EQ(generator.fill_at(0, bytes), bytes.size());
  return bytes;
}
inline Bytes whole(const ObjectOptions& options) { return whole(generator_of(options)); }

}  // namespace npk::synth
