// Which token follows: encoder and decoder keep the same tables of what followed before.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

namespace npk::codec::json {

class Predictor {
 public:
  Predictor() : tables_(std::make_unique<Tables>()) {}

  void reset() {
    *tables_ = {};
    last_ = before_last_ = 0;
  }

  // Guesses 0 (by the two tokens before), 1 and 2 (by the one before: what followed it last and before that).
  [[nodiscard]] std::uint16_t first() const noexcept { return tables_->after_two[slot()]; }
  [[nodiscard]] std::uint16_t second() const noexcept { return tables_->after_one[last_].first; }
  [[nodiscard]] std::uint16_t third() const noexcept { return tables_->after_one[last_].second; }

  void learn(std::uint16_t token) noexcept {
    tables_->after_two[slot()] = token;
    auto& followers = tables_->after_one[last_];
    if (followers.first != token) followers = {token, followers.first};
    before_last_ = last_;
    last_ = token;
  }

 private:
  struct Tables {
    std::array<std::uint16_t, 65536> after_two{};
    std::array<std::pair<std::uint16_t, std::uint16_t>, 65536> after_one{};
  };

  [[nodiscard]] std::size_t slot() const noexcept {
    return (std::uint32_t{last_} * 0x9E3779B1U + std::uint32_t{before_last_} * 0x85EBCA6BU) >> 16U;
  }

  std::unique_ptr<Tables> tables_;
  std::uint16_t last_ = 0;
  std::uint16_t before_last_ = 0;
};

}  // namespace npk::codec::json
