#include "profile_option.h"

#include <array>

#include "accel_text.h"
#include "exit_code.h"
#include "npk/files.h"
#include "profile_forms.h"
#include "same_file.h"

namespace npk::tools {
namespace {

constexpr std::size_t kMostSlices = 128U << 10;  // 5 MB here, about 20 MB of JSON; some 30 GB of input

enum class Form : std::uint8_t { json, csv, text, trace };

struct FormEnding {
  std::string_view ending;
  Form form;
};
// The longer one first.
constexpr std::array<FormEnding, 5> kEndings = {
    {{".trace.json", Form::trace}, {".trace", Form::trace}, {".json", Form::json}, {".csv", Form::csv}, {".txt", Form::text}}};

std::optional<Form> form_of(std::string_view path) noexcept {
  for (const FormEnding& known : kEndings) {
    if (path.ends_with(known.ending)) return known.form;
  }
  return std::nullopt;
}

std::string text_of(const Profile& profile, const AccelUse& accel, Form form) {
  const ProfileReport report = profile.report();
  switch (form) {
    case Form::csv: return profile_csv(report);
    case Form::text: return profile_text(report) + (accel.asked == AccelMode::off ? "" : "\n" + accel_text(accel) + "\n");
    case Form::trace: return profile_trace(report, profile.slices());
    case Form::json: break;
  }
  Json json = profile_json(report);
  if (accel.asked != AccelMode::off) json["accel"] = accel_json(accel);
  return json.dump(2) + "\n";
}

}  // namespace

Result<std::shared_ptr<Profile>> ProfileOption::begin(const std::string& package) {
  if (!path_) return nullptr;
  const auto form = form_of(*path_);
  if (!form) return fail(Errc::misuse, "--profile: '" + *path_ + "' ends in none of .json, .csv, .txt, .trace.json and .trace");
  if (is_same_file(*path_, package)) return fail(Errc::misuse, "--profile: '" + *path_ + "' is the package");
  profile_ = std::make_shared<Profile>(ProfileOptions{.most_slices = *form == Form::trace ? kMostSlices : 0});
  return profile_;
}

Result<void> ProfileOption::write() const {
  if (profile_ == nullptr) return {};
  NPK_ASSIGN(const std::unique_ptr<Sink> file, create_atomic_file(*path_));
  NPK_TRY(file->write(as_bytes(text_of(*profile_, accel_, *form_of(*path_)))));
  return file->commit();
}

int ProfileOption::finish(int code, Messages& messages) const {
  const auto written = write();
  if (written) return code;
  const int failed = messages.error(written.error());
  return code == kDone ? failed : code;
}

}  // namespace npk::tools
