#include "codec/filter/json/json_structure_encode.h"

#include "codec/filter/json/json_format.h"
#include "codec/filter/varint.h"

namespace npk::codec::json {

void StructureWriter::add(std::uint16_t token) {
  if (known_ > token && predictor_.first() == token) {
    ++foreseen_;
    return predictor_.learn(token);
  }
  append_varint(foreseen_, structure_);
  foreseen_ = 0;
  Miss miss = Miss::named;
  if (token == known_) {
    miss = Miss::fresh;
    ++known_;
  } else if (predictor_.second() == token) {
    miss = Miss::second;
  } else if (predictor_.third() == token) {
    miss = Miss::third;
  } else {
    ids_.push_back(static_cast<std::uint8_t>(token));
    ids_.push_back(static_cast<std::uint8_t>(token >> 8U));
  }
  structure_.push_back(static_cast<std::uint8_t>(miss));
  predictor_.learn(token);
}

void StructureWriter::finish() {
  if (foreseen_ > 0) append_varint(foreseen_, structure_);
  foreseen_ = 0;
}

}  // namespace npk::codec::json
