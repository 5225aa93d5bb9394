// Once a package is closed, nothing of its keys is left in this process's memory.
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "crypto/bech32.h"
#include "crypto/epoch_record.h"
#include "crypto/sealing.h"
#include "hash/hash.h"
#include "sealed_support.h"
#include "support/sanitized.h"

namespace npk::testing {
namespace {

constexpr std::uint8_t kMask = 0xA7;

// A secret to look for, kept so that looking does not find itself.
struct Wanted {
  std::string name;
  Bytes masked;
};

// The first and the last 16 bytes: half a key is too much, too.
void want(std::vector<Wanted>& wanted, const std::string& name, ByteView secret) {
  for (const ByteView half : {secret.first(16), secret.last(16)}) {
    Wanted one{name, Bytes(half.begin(), half.end())};
    for (std::uint8_t& byte : one.masked) byte ^= kMask;
    wanted.push_back(std::move(one));
  }
}

class MemoryScan {
 public:
  // The names of those found in any mapping that may be written.
  std::set<std::string> find(const std::vector<Wanted>& wanted) {
    std::set<std::string> found;
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    EXPECT_GE(memory, 0);
    std::ifstream maps("/proc/self/maps");
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
    for (std::string line; std::getline(maps, line);) {
      std::uint64_t begin = 0, end = 0;
      char rights[5] = {};
      if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, rights) == 3 && rights[1] == 'w') ranges.push_back({begin, end});
    }
    EXPECT_GT(ranges.size(), 5U);
    for (const auto& [begin, end] : ranges) scan(memory, begin, end, wanted, found);
    ::close(memory);
    return found;
  }

 private:
  static constexpr std::size_t kOverlap = 16;

  void scan(int memory, std::uint64_t begin, std::uint64_t end, const std::vector<Wanted>& wanted, std::set<std::string>& found) {
    for (std::uint64_t at = begin; at < end; at += buffer_.size() - kOverlap) {
      const std::size_t length = std::min<std::uint64_t>(end - at, buffer_.size());
      const ssize_t count = ::pread(memory, buffer_.data(), length, static_cast<off_t>(at));
      if (count > 0) search(ByteView(buffer_).first(static_cast<std::size_t>(count)), wanted, found);
      wipe(buffer_);
    }
  }

  static void search(ByteView bytes, const std::vector<Wanted>& wanted, std::set<std::string>& found) {
    for (const Wanted& one : wanted) {
      const auto first = static_cast<std::uint8_t>(one.masked[0] ^ kMask);
      for (std::size_t at = 0; at + one.masked.size() <= bytes.size(); ++at) {
        const void* next = std::memchr(bytes.data() + at, first, bytes.size() - one.masked.size() + 1 - at);
        if (next == nullptr) break;
        at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(next) - bytes.data());
        const ByteView here = bytes.subspan(at, one.masked.size());
        if (std::ranges::equal(here, one.masked, [](std::uint8_t plain, std::uint8_t masked) { return plain == (masked ^ kMask); })) found.insert(one.name);
      }
    }
  }

  std::array<std::uint8_t, 1U << 20> buffer_{};
};

// The key of the session's blocks, as the format derives it.
SecretBytes block_key(ByteView epoch_key, const PackageFrames& package) {
  SecretBytes key = SecretBytes::allocate(32).value();
  const Digest superblock = hash::blake3(format::encode_superblock(package.superblock));
  Bytes input = bytes_of("npk 1 frame key");
  input.insert(input.end(), superblock.begin(), superblock.end());
  const Bytes& body = package.frames[package.index_of(format::FrameType::block)].body;
  input.insert(input.end(), body.begin(), body.begin() + 32);
  input.push_back(static_cast<std::uint8_t>(format::FrameType::block));
  ::crypto_generichash(key.span().data(), 32, input.data(), input.size(), epoch_key.data(), epoch_key.size());
  sodium_stackzero(16U << 10);  // what the hash left there is this test's, not the library's
  return key;
}

struct Prepared {
  Bytes package;
  std::vector<Wanted> wanted;
  std::string masked_identity;
};

// The identity goes out of here masked only.
Prepared prepare(const TestTree& tree) {
  Prepared prepared;
  const GeneratedIdentity generated = generate_identity().value();
  prepared.package = pack(tree, sealed_options(recipients(generated.identity.recipient().value()))).bytes;
  want(prepared.wanted, "identity text", generated.text.view().last(40));
  const auto raw = crypto::bech32_decode(as_text(generated.text.view())).value();
  want(prepared.wanted, "identity key", raw.data.view());
  const PackageFrames frames = frames_of(prepared.package);
  const auto keys = list(identity(as_text(generated.text.view())));
  const auto record = age_decrypt(frames.frames[0].body, keys).value();
  const auto decoded = crypto::decode_epoch_record(record.view()).value();
  want(prepared.wanted, "epoch key", decoded.keys.at(1).view());
  want(prepared.wanted, "block key", block_key(decoded.keys.at(1).view(), frames).view());
  prepared.masked_identity = std::string(as_text(generated.text.view()));
  for (char& letter : prepared.masked_identity) letter = static_cast<char>(letter ^ kMask);
  return prepared;
}

Identities unmasked(const Prepared& prepared) {
  SecretBytes text = SecretBytes::allocate(prepared.masked_identity.size()).value();
  for (std::size_t i = 0; i < text.size(); ++i) text.span()[i] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(prepared.masked_identity[i]) ^ kMask);
  return identities(identity(as_text(text.view())));
}

TEST(SecretMemory, HoldsNoKeyOnceAllIsClosed) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's shadow is too large to be read, and it keeps what has been freed";
  const TestTree tree({file_entry("f", make_data(DataKind::mixed, 500'000, 1))});
  const Prepared prepared = prepare(tree);
  const auto scan = std::make_unique<MemoryScan>();
  using Names = std::set<std::string>;
  EXPECT_EQ(scan->find(prepared.wanted), Names()) << "after writing";
  {
    const auto reader = open_sealed(prepared.package, unmasked(prepared)).value();
    EXPECT_TRUE(read_all(reader, "f").value() == tree.entries()[0].content);
    const Names found = scan->find(prepared.wanted);
    EXPECT_TRUE(found.contains("epoch key") && found.contains("block key")) << "the scan finds what is there";
  }
  EXPECT_EQ(scan->find(prepared.wanted), Names()) << "after reading";
  EXPECT_EQ(by_verify(prepared.package, unmasked(prepared)), "sound");
  EXPECT_EQ(by_pipe(prepared.package, unmasked(prepared), tree.entries()), "sound");
  EXPECT_EQ(by_decoder(prepared.package, unmasked(prepared), tree.entries()[0].content), "sound");
  EXPECT_EQ(by_parser(prepared.package, unmasked(prepared)), "sound");
  EXPECT_EQ(by_reader(ByteView(prepared.package).first(prepared.package.size() - 1), unmasked(prepared), tree.entries()).substr(0, 7), "damaged");
  EXPECT_EQ(scan->find(prepared.wanted), Names()) << "after all other ways of reading";
}

}  // namespace
}  // namespace npk::testing
