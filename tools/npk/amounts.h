// Numbers for people.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace npk::tools {

[[nodiscard]] std::string bytes_text(std::uint64_t bytes);      // "512 B", "1.4 MB": powers of 1000
[[nodiscard]] std::string count_text(std::uint64_t count);      // "83,731"
[[nodiscard]] std::string ratio_text(std::uint64_t of, std::uint64_t to);  // "9.1 : 1"; "-" if to is 0
[[nodiscard]] std::string percent_text(std::uint64_t part, std::uint64_t whole);  // "12.3 %"
[[nodiscard]] std::string seconds_text(std::chrono::duration<double> time);       // "1.84 s", "240 ms", "35 us"
[[nodiscard]] std::string clock_text(std::uint64_t seconds);    // "0:07", "1:02:33"

}  // namespace npk::tools
