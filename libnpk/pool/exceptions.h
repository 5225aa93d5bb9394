// Exceptions of callers' code as errors: Errc::limit for bad_alloc, Errc::internal for all else.
#pragma once

#include <cerrno>
#include <exception>
#include <new>

#include "npk/result.h"

namespace npk::pool {

// `call` returns a Result.
template <class Call>
auto without_exceptions(Call call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return std::unexpected(Error{.code = Errc::limit, .message = "out of memory", .system_errno = ENOMEM});
  } catch (const std::exception& exception) {
    return fail(Errc::internal, exception.what());
  } catch (...) {
    return fail(Errc::internal, "an exception of unknown type");
  }
}

}  // namespace npk::pool
