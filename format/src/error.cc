#include "npk/error.h"

#include <system_error>

namespace npk {

std::string_view errc_name(Errc code) noexcept {
  switch (code) {
    case Errc::io: return "io";
    case Errc::not_found: return "not_found";
    case Errc::truncated: return "truncated";
    case Errc::corrupt: return "corrupt";
    case Errc::trailing_data: return "trailing_data";
    case Errc::unsupported: return "unsupported";
    case Errc::limit: return "limit";
    case Errc::auth_failed: return "auth_failed";
    case Errc::no_key: return "no_key";
    case Errc::misuse: return "misuse";
    case Errc::exists: return "exists";
    case Errc::cancelled: return "cancelled";
    case Errc::internal: return "internal";
  }
  return "unknown";
}

std::string Error::to_string() const {
  std::string text;
  if (!path.empty()) text += path + ": ";
  if (offset) text += "at byte " + std::to_string(*offset) + ": ";
  text += message;
  if (system_errno != 0) text += " (" + std::generic_category().message(system_errno) + ")";
  return text;
}

}  // namespace npk
