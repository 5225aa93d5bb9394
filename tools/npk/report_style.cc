#include "report_page.h"

namespace npk::tools {

std::string_view report_style() noexcept {
  return R"(:root{color-scheme:light dark;--ink:#1c2024;--soft:#60646c;--line:#d9dce0;--page:#fff;--whole:#bcd3f2;--part:#2f6fd0}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#9aa0a6;--line:#3c4043;--page:#16181b;--whole:#2d4668;--part:#6fa3ef}}
body{margin:0 auto;max-width:72rem;padding:1.5rem;color:var(--ink);background:var(--page);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;overflow-wrap:anywhere}h2{margin-top:2.5rem;font-size:1.15rem}
p.note,.legend,th{color:var(--soft);font-size:.87rem}
dl{display:flex;flex-wrap:wrap;gap:.75rem 2.5rem}dt{color:var(--soft);font-size:.87rem}dd{margin:0;font-size:1.2rem}
table{border-collapse:collapse;width:100%}td,th{padding:.2rem .6rem .2rem 0;text-align:right;border-bottom:1px solid var(--line);
white-space:nowrap;font-variant-numeric:tabular-nums}
td:first-child,th:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere}td.chart{width:30%}
svg.bar{display:block;width:100%;height:.8rem}svg.stack{display:block;width:100%;height:1.6rem}
.whole{fill:var(--whole)}.part{fill:var(--part)}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;padding:0}.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.4em}
svg.map{display:block;width:100%}svg.map rect{stroke:var(--page);stroke-width:.06}
.c0{fill:#4477aa;background:#4477aa}.c1{fill:#ee6677;background:#ee6677}.c2{fill:#999933;background:#999933}
.c3{fill:#228833;background:#228833}.c4{fill:#ccbb44;background:#ccbb44}
.c5{fill:#66ccee;background:#66ccee}.c6{fill:#aa3377;background:#aa3377}.c7{fill:#ee7733;background:#ee7733}
.c8{fill:#882255;background:#882255}.c9{fill:#8899aa;background:#8899aa}
)";
}

}  // namespace npk::tools
