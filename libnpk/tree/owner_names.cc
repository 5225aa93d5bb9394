#include "tree/owner_names.h"

#include <grp.h>
#include <pwd.h>
#include <cerrno>
#include <vector>

namespace npk::tree {
namespace {

constexpr std::size_t kFirstBufferBytes = 1024;
constexpr std::size_t kLargestBufferBytes = 1U << 20;

// Runs one of the get…_r calls with a buffer large enough; whether it found something. `use` sees the record.
template <class Record, class Call, class Use>
bool look_up(Call call, Use use) {
  for (std::vector<char> buffer(kFirstBufferBytes); buffer.size() <= kLargestBufferBytes;
       buffer.resize(buffer.size() * 4)) {
    Record record{};
    Record* found = nullptr;
    const int error = call(&record, buffer.data(), buffer.size(), &found);
    if (error == ERANGE || error == EINTR) continue;
    if (error == 0 && found != nullptr) use(*found);
    return error == 0 && found != nullptr;
  }
  return false;
}

}  // namespace

std::string user_name_of(std::uint32_t uid) {
  std::string name;
  look_up<passwd>([&](auto... rest) { return ::getpwuid_r(uid, rest...); }, [&](const passwd& p) { name = p.pw_name; });
  return name;
}

std::string group_name_of(std::uint32_t gid) {
  std::string name;
  look_up<group>([&](auto... rest) { return ::getgrgid_r(gid, rest...); }, [&](const group& g) { name = g.gr_name; });
  return name;
}

std::optional<std::uint32_t> user_number_of(const std::string& name) {
  std::optional<std::uint32_t> uid;
  look_up<passwd>([&](auto... rest) { return ::getpwnam_r(name.c_str(), rest...); },
                  [&](const passwd& p) { uid = p.pw_uid; });
  return uid;
}

std::optional<std::uint32_t> group_number_of(const std::string& name) {
  std::optional<std::uint32_t> gid;
  look_up<group>([&](auto... rest) { return ::getgrnam_r(name.c_str(), rest...); },
                 [&](const group& g) { gid = g.gr_gid; });
  return gid;
}

}  // namespace npk::tree
