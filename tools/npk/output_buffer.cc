#include "output_buffer.h"

namespace npk::tools {

void OutputBuffer::flush() {
  if (status_ && !text_.empty()) status_ = sink_.write(as_bytes(text_));
  text_.clear();
}

Result<void> OutputBuffer::finish() {
  flush();
  return status_;
}

}  // namespace npk::tools
