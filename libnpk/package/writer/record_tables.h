// Sets tables of records within machine code apart.
#pragma once

#include "package/writer/batch.h"

namespace npk::writer {

// Cuts chunks of code where a table of records (codec/record_stretches.h) begins or ends, and puts it among numbers, by content alone: what is there already is
// found again. Chunks are not hashed yet.
void set_tables_apart(Batch& batch);

}  // namespace npk::writer
