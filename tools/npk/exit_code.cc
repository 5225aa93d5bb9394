#include "exit_code.h"

#include <cerrno>

#include "io.h"

namespace npk::tools {

int exit_code_of(const Error& error) noexcept {
  switch (error.code) {
    case Errc::corrupt:
    case Errc::truncated:
    case Errc::trailing_data:
    case Errc::unsupported:
    case Errc::auth_failed: return kDamaged;
    case Errc::limit: return error.system_errno == ENOMEM ? kInputOutput : kDamaged;
    case Errc::no_key: return kNoKey;
    case Errc::io: return error.system_errno == EPIPE && error.path == kStandardOutput ? kBrokenPipe : kInputOutput;
    case Errc::exists:
    case Errc::not_found:
    case Errc::internal: return kInputOutput;
    case Errc::misuse: return kUsage;
    case Errc::cancelled: return kInterrupted;
  }
  return kInputOutput;
}

}  // namespace npk::tools
