// Result<T>: a value or an Error. See error.h for the codes.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "npk/error.h"

namespace npk {

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string message) {
  return std::unexpected<Error>(Error{.code = code, .message = std::move(message)});
}

// Of what is not as the specification says; cold, so that decoders' loops stay small.
[[nodiscard, gnu::cold]] inline std::unexpected<Error> fail_corrupt(const char* what) { return fail(Errc::corrupt, what); }

// Passes an error on, whatever the value type of the Result it came from.
template <class T>
[[nodiscard]] std::unexpected<Error> pass_on(Result<T>&& failed) {
  return std::unexpected<Error>(std::move(failed).error());
}

}  // namespace npk

// Early return of an error: NPK_TRY(statement returning Result<void>); NPK_ASSIGN(auto name, expression returning Result<T>).
#define NPK_CONCAT_INNER(a, b) a##b
#define NPK_CONCAT(a, b) NPK_CONCAT_INNER(a, b)
#define NPK_TRY(...)                                                               \
  do {                                                                             \
    if (auto npk_status = (__VA_ARGS__); !npk_status)                              \
      return std::unexpected<::npk::Error>(std::move(npk_status).error());         \
  } while (false)
#define NPK_ASSIGN(declaration, ...)                                               \
  auto NPK_CONCAT(npk_result_, __LINE__) = (__VA_ARGS__);                          \
  if (!NPK_CONCAT(npk_result_, __LINE__))                                          \
    return std::unexpected<::npk::Error>(std::move(NPK_CONCAT(npk_result_, __LINE__)).error()); \
  declaration = std::move(*NPK_CONCAT(npk_result_, __LINE__))
