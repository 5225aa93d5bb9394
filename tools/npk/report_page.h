// The page that `npk report` makes: one file, no script, nothing from elsewhere. The same package gives the same page.
#pragma once

#include <optional>
#include <string>

#include "json_text.h"
#include "npk/ops/survey.h"

namespace npk::tools {

// What --profile wrote, as far as the page shows it.
struct ReportProfile {
  struct Layer {
    std::string name;
    double seconds = 0, waiting_seconds = 0, share_percent = 0;
    std::uint64_t bytes_in = 0, bytes_out = 0;
  };
  std::string operation, advice, level;
  double seconds = 0;
  std::uint64_t peak_memory_bytes = 0;
  std::vector<Layer> layers;
};

// misuse: not such a document.
[[nodiscard]] Result<ReportProfile> read_profile(std::string_view json);

[[nodiscard]] std::string report_page(const std::string& name, const ops::SurveyReport& report, const std::optional<ReportProfile>& profile);

// Parts of it.
[[nodiscard]] std::string_view report_style() noexcept;
[[nodiscard]] std::string map_section(const ops::SurveyReport& report);
[[nodiscard]] std::string profile_section(const ReportProfile& profile);

}  // namespace npk::tools
