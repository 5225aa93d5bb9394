// The program's own operator new, which can be told to fail.
#pragma once

#include <cstdint>

namespace npk::testing {

// Counts anew; the `at`-th allocation from here, of any thread, throws bad_alloc; 0: none does.
void fail_allocation(std::int64_t at) noexcept;
[[nodiscard]] std::int64_t allocation_count() noexcept;

}  // namespace npk::testing
