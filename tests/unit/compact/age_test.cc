#include "age_support.h"

namespace npk::testing {
namespace {

TEST(Age, TwoHundredDays) { expect_mended(200); }

}  // namespace
}  // namespace npk::testing
