#include <fmt/format.h>

#include "profile_forms.h"

namespace npk::tools {
namespace {

constexpr unsigned kProcess = 1;  // there is one

// Microseconds with three digits behind the point, exactly.
std::string microseconds(std::uint64_t nanoseconds) { return fmt::format("{}.{:03}", nanoseconds / 1000, nanoseconds % 1000); }

void append_slice(std::string& out, const ProfileSlice& slice) {
  out += fmt::format(R"({{"name":"{}","cat":"{}","ph":"X","ts":{},"dur":{},"pid":{},"tid":{},"args":{{"bytes_in":{}}}}})", layer_name(slice.key),
                     name_of(slice.key.stage), microseconds(slice.begin_nanoseconds), microseconds(slice.end_nanoseconds - slice.begin_nanoseconds),
                     kProcess, slice.thread + 1, slice.bytes_in);
}

void append_name(std::string& out, std::string_view kind, unsigned thread, std::string_view name) {
  out += fmt::format(R"({{"name":"{}","ph":"M","pid":{},"tid":{},"args":{{"name":"{}"}}}})", kind, kProcess, thread, name);
}

}  // namespace

// The names of layers have nothing that JSON wants escaped.
std::string profile_trace(const ProfileReport& report, std::span<const ProfileSlice> slices) {
  std::string out = fmt::format(R"({{"displayTimeUnit":"ms","otherData":{{"format":"npk-trace-1","operation":"{}","slices_dropped":{}}},"traceEvents":[)",
                                report.operation, report.slices_dropped);
  out += '\n';
  append_name(out, "process_name", 0, "npk " + report.operation);
  const ProfileSlice* before = nullptr;
  for (const ProfileSlice& slice : slices) {
    if (before == nullptr || before->thread != slice.thread) {
      out += ",\n";
      append_name(out, "thread_name", slice.thread + 1, "thread " + std::to_string(slice.thread + 1));
    }
    out += ",\n";
    append_slice(out, slice);
    before = &slice;
  }
  return out + "\n]}\n";
}

}  // namespace npk::tools
