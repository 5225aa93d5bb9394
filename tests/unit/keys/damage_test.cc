// Every byte of a small package damaged in turn, after a key was removed and a signature added under the new one.
#include "keys_support.h"

namespace npk::testing {
namespace {

class KeysDamage : public KeysTest {};

TEST_F(KeysDamage, VerifyFindsEveryByte) {
  make(recipients(alice_.recipient(), bob_.recipient()));
  ASSERT_EQ(why(remove(keys(alice_), bob_)), "");
  ASSERT_EQ(epoch_sealed_under(alice_), 2U);
  const Bytes sound = bytes();
  ASSERT_EQ(verified_by(alice_), "sound");
  ASSERT_LT(sound.size(), 9000U);
  const Identities reader = identities(alice_.identity());
  for (std::size_t at = 0; at < sound.size(); ++at) {
    Bytes damaged = sound;
    damaged[at] ^= static_cast<std::uint8_t>(1U << at % 8);
    const std::string outcome = by_verify(damaged, reader);
    ASSERT_NE(outcome, "sound") << "byte " << at << " of " << sound.size();
    ASSERT_EQ(outcome.find("internal"), std::string::npos) << outcome;
  }
}

}  // namespace
}  // namespace npk::testing
