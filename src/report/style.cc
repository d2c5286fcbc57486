// The style sheet of the page: system fonts, two colour schemes, one column on phones, black on white in print.
#include "report/parts.h"

namespace paw::report {

const char* const kStyleSheet = R"css(
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --ink: #16202c; --soft: #556170; --line: #dfe3e8;
  --accent: #0a5fb4; --good: #12703f; --good-back: #e0f3e8; --bad: #a33a0b; --bad-back: #fde9de; --heat: 10 95 180;
  --wrong: 213 94 0; --s0: #0072b2; --s1: #c2410c; --shade: 0 1px 2px rgb(16 24 40 / .06), 0 1px 6px rgb(16 24 40 / .05) }
@media (prefers-color-scheme: dark) {
  :root { --page: #10151b; --card: #181f27; --ink: #e8edf2; --soft: #a3afbc; --line: #2d3743; --accent: #7cb8f5;
    --good: #7fd8a6; --good-back: #143324; --bad: #f6a577; --bad-back: #3d2213; --heat: 86 160 233; --wrong: 230 126 50;
    --s0: #63b3ed; --s1: #f0a24a; --shade: none } }
* { box-sizing: border-box }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100% }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto,
  "Helvetica Neue", "Noto Sans", sans-serif; overflow-wrap: anywhere }
header, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 20px }
header { padding-top: 44px }
h1 { font-size: clamp(30px, 5vw, 44px); line-height: 1.15; letter-spacing: -.02em; margin: 0 0 20px }
h2 { font-size: 24px; line-height: 1.25; letter-spacing: -.01em; margin: 0 0 12px; display: flex; gap: 12px; align-items: center }
h2 span { font-size: 15px; width: 30px; height: 30px; border-radius: 50%; background: var(--accent); color: var(--card);
  display: inline-grid; place-items: center; flex: none; letter-spacing: 0 }
h3 { font-size: 17px; margin: 28px 0 6px }
p { margin: 0 0 12px; max-width: 72ch }
a { color: var(--accent) }
.kind { color: var(--soft); font-weight: 600; margin-bottom: 6px }
.skip { position: absolute; left: -9999px }
.skip:focus { left: 12px; top: 12px; background: var(--card); padding: 8px 14px; border-radius: 8px; z-index: 1 }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px }
ul, ol { padding: 0; margin: 0 }
.headline, .stages, .gallery, .answers, .apps, .steps, .maps, .screens, nav ol { list-style: none }
.headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 12px; margin-bottom: 20px }
.headline li { background: var(--card); border-radius: 14px; padding: 16px 18px; color: var(--soft); font-size: 14px;
  box-shadow: var(--shade); border: 1px solid var(--line) }
.headline strong { display: block; color: var(--ink); font-size: 26px; line-height: 1.25; letter-spacing: -.01em;
  font-variant-numeric: tabular-nums }
nav ol { display: flex; flex-wrap: wrap; gap: 6px 8px; margin-bottom: 8px }
nav a { display: block; padding: 5px 13px; border: 1px solid var(--line); border-radius: 99px; background: var(--card);
  text-decoration: none; font-size: 14px }
nav a:hover { border-color: var(--accent) }
section { background: var(--card); border: 1px solid var(--line); border-radius: 18px; padding: 28px; margin: 18px 0;
  box-shadow: var(--shade); scroll-margin-top: 12px }
.stages { display: grid; grid-template-columns: repeat(3, 1fr); gap: 14px 30px; margin-top: 18px }
.stages > li { position: relative; border: 1px solid var(--line); border-radius: 14px; padding: 14px 16px 10px }
.stages > li:not(:nth-child(3n)):not(:last-child)::after { content: "\2192"; position: absolute; right: -25px; top: 42%;
  color: var(--soft); font-size: 20px }
.stages h3 { margin: 0; display: inline; font-size: 16px }
.stages .number { display: inline-grid; place-items: center; width: 22px; height: 22px; border-radius: 50%; font-size: 12px;
  font-weight: 700; background: var(--accent); color: var(--card); margin-right: 8px }
.stages .open { border-style: dashed }
.stages .open .number { background: var(--soft) }
.stages ul { list-style: none; font-size: 14px; margin: 6px 0 }
.stages .from, .stages .time { color: var(--soft); font-size: 13px; margin: 2px 0 0 }
.stages .time { text-align: right; font-variant-numeric: tabular-nums }
.stages .missing { margin: 8px 0 4px; font-size: 13px }
table { border-collapse: collapse; width: 100%; margin: 14px 0 18px; font-size: 14px; font-variant-numeric: tabular-nums }
caption { text-align: left; font-weight: 600; font-size: 15px; padding-bottom: 6px }
th, td { padding: 7px 8px; border-bottom: 1px solid var(--line); vertical-align: top }
thead th { color: var(--soft); font-weight: 600; font-size: 13px; vertical-align: bottom }
tbody th { font-weight: 500 }
.n { text-align: right; overflow-wrap: normal }
td.n { white-space: nowrap }
.t { text-align: left }
tr.best { background: var(--good-back) }
.tag { display: inline-block; font-size: 12px; font-weight: 600; padding: 0 8px; border-radius: 99px; line-height: 1.6;
  white-space: nowrap }
.tag.good { color: var(--good); background: var(--good-back) }
.tag.bad { color: var(--bad); background: var(--bad-back) }
tr.best .tag.good { background: var(--card) }
.use, .small { color: var(--soft); font-size: 13px }
.use { display: block; font-weight: 400 }
.missing { color: var(--soft); border-left: 3px solid var(--line); padding: 2px 12px; font-size: 15px }
.path { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .82em; color: var(--soft) }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .88em; background: var(--page);
  border: 1px solid var(--line); border-radius: 6px; padding: 1px 6px }
img { display: block; max-width: 100%; height: auto; border-radius: 8px }
figure { margin: 0 }
figcaption { color: var(--soft); font-size: 13px; margin-top: 6px }
.sheets { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 18px; margin: 16px 0 }
.sheet { width: 100% }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 12px 24px; align-items: center;
  margin: 8px 0 }
.chart { width: 100%; max-width: 540px; height: auto; display: block; overflow: visible }
.chart text { font: 12px system-ui, sans-serif; fill: var(--soft) }
.chart .title { font-size: 15px; font-weight: 600; fill: var(--ink) }
.chart .grid { stroke: var(--line) }
.chart .mark { stroke: var(--soft); stroke-dasharray: 2 3 }
.chart .s0 { stroke: var(--s0) }
.chart .s1 { stroke: var(--s1) }
.chart .bar { fill: var(--s0); opacity: .8 }
.chart .honest { stroke: var(--s1); stroke-width: 2; stroke-dasharray: 6 4 }
.chart .front { stroke: var(--s0); stroke-width: 2 }
.chart .point { fill: var(--card); stroke: var(--s0); stroke-width: 2.5 }
.chart .point.best { fill: var(--s0) }
.notes { list-style: none; margin: 8px 0 16px; border-left: 3px solid var(--accent); padding-left: 16px }
.notes li { margin-bottom: 8px; max-width: 78ch }
.matrix table { width: auto; min-width: min(100%, 420px) }
.matrix td { padding: 3px }
.matrix th { vertical-align: middle }
.matrix thead th + th { text-align: center }
.heat { display: grid; place-items: center; min-height: 44px; border-radius: 8px; font-weight: 600;
  background: rgb(var(--heat) / calc(.06 + .3 * var(--share))) }
.heat.wrong { background: rgb(var(--wrong) / calc(.06 + .6 * var(--share))) }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); gap: 18px 14px; margin: 12px 0 }
.gallery p { margin: 6px 0 0; font-size: 14px; line-height: 1.4 }
.gallery .path { font-size: 12px; line-height: 1.35 }
.thumb { width: 100%; aspect-ratio: 1; object-fit: cover }
.steps, .maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 220px), 1fr)); gap: 18px; margin: 12px 0 18px }
.maps { grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)) }
.pair { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 320px); gap: 8px }
.step { width: 100% }
.overlay { max-width: 340px }
.meter { display: block; height: 6px; margin: 4px 0 2px auto; border-radius: 3px; background: var(--accent);
  width: calc(1px + 100% * var(--share)); max-width: 100% }
.apps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 280px), 1fr)); gap: 14px; margin: 12px 0 18px }
.apps > li { border: 1px solid var(--line); border-radius: 14px; padding: 14px 18px }
.apps h3 { margin: 0 }
.apps p { margin: 0 0 6px }
.apps ol { padding-left: 20px; font-size: 15px }
.answers { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 18px }
.answers > li { display: grid; grid-template-columns: 104px 1fr; gap: 14px; align-items: start }
.answers th.t { overflow-wrap: normal; font-size: 12.5px }
.answers table { margin: 0; font-size: 13px }
.answers th, .answers td { padding: 4px 6px }
.screens { display: flex; flex-wrap: wrap; gap: 18px 28px; margin: 12px 0 18px }
.screens li { width: min(100%, 300px) }
.screen { border: 1px solid var(--line); border-radius: 22px }
.golden { width: 64px; height: 64px; object-fit: cover }
details { border: 1px solid var(--line); border-radius: 12px; padding: 10px 16px; margin: 10px 0 }
summary { cursor: pointer; font-weight: 500 }
details > :not(summary):first-of-type { margin-top: 10px }
details ul { padding-left: 20px; font-size: 14px }
.pairs, .words { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 6px 28px; margin: 10px 0 }
.pairs div { display: flex; justify-content: space-between; gap: 12px; border-bottom: 1px solid var(--line); font-size: 14px }
.pairs dd { text-align: right }
dt { font-weight: 600 }
dd { margin: 0; color: var(--soft) }
.words div { padding: 4px 0; font-size: 15px }
footer { color: var(--soft); font-size: 13px; padding-bottom: 32px }
@media (max-width: 760px) {
  header, main, footer { padding-left: 14px; padding-right: 14px }
  header { padding-top: 26px }
  section { padding: 20px 16px; border-radius: 14px }
  .headline { grid-template-columns: 1fr 1fr }
  .headline strong { font-size: 21px }
  .stages { grid-template-columns: 1fr; gap: 30px }
  .stages > li:not(:last-child)::after, .stages > li:not(:nth-child(3n)):not(:last-child)::after { content: "\2193";
    position: absolute; top: auto; bottom: -29px; right: 50%; color: var(--soft); font-size: 20px }
  .chart text { font-size: 16px }
  .chart .title { font-size: 18px }
  .answers > li { grid-template-columns: 64px 1fr; gap: 10px }
  table.plain { font-size: 13px }
  table.plain th, table.plain td { padding: 6px 4px }
  table.plain thead th { font-size: 12px; overflow-wrap: normal; hyphens: auto }
  table.cards, .cards tbody, .cards tr, .cards th, .cards td { display: block }
  .cards caption { display: block }
  .cards thead { position: absolute; left: -9999px }
  .cards tr { border: 1px solid var(--line); border-radius: 12px; padding: 8px 14px; margin-bottom: 10px }
  .cards tbody th { border: 0; padding: 2px 0; font-weight: 600 }
  .cards td { display: flex; justify-content: space-between; gap: 14px; border: 0; padding: 2px 0; text-align: right;
    white-space: normal }
  .cards td:empty { display: none }
  .cards td::before { content: attr(data-title); color: var(--soft); text-align: left; flex: none }
  .cards td .meter { display: none }
}
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --shade: none }
  nav, .skip { display: none }
  section { border: 0; padding: 0; margin: 24px 0 }
  figure, tr, .gallery li, .chart, .stages > li { break-inside: avoid }
  details::details-content { content-visibility: visible; block-size: auto }
  * { print-color-adjust: exact }
}
)css";

}  // namespace paw::report
