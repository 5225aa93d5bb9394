#include "age_support.h"

namespace npk::testing {
namespace {

TEST(Age, AThousandDays) { expect_mended(1'000); }

}  // namespace
}  // namespace npk::testing
