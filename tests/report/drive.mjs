// node drive.mjs PAGE MODULES OUT: opens a report in headless Chromium, on a phone and on a desk, light and dark, and prints what
// it did wrong: {views: {NAME: {errors, requests, overflow, axe, sections}}}. OUT gets a screenshot of every view's sections.
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

import {launch} from '../browser.mjs';

const [file, modules, out] = process.argv.slice(2);
const axe = readFileSync(path.join(modules, 'axe-core/axe.min.js'), 'utf8');
const address = pathToFileURL(path.resolve(file)).href;

// What reaches past the right side of the page, and by how many pixels.
function overflowing() {
  const width = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 0.5);
  return {page: document.documentElement.scrollWidth - width, elements: wide.slice(0, 5).map((e) => e.outerHTML.slice(0, 120))};
}

async function look(browser, width, colorScheme) {
  const context = await browser.newContext({viewport: {width, height: 900}, colorScheme});
  context.setDefaultTimeout(120000);  // of a machine that does other things too
  const page = await context.newPage();
  const [errors, requests] = [[], []];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('request', (request) => request.url() !== address && !request.url().startsWith('data:') && requests.push(request.url()));
  await page.goto(address);
  const sections = await page.locator('section').evaluateAll((all) => all.map((e) => e.id));
  for (const id of ['', ...sections]) {
    const part = page.locator(id ? `#${id}` : 'header');
    await part.screenshot({path: path.join(out, `${width}_${colorScheme}_${id || 'header'}.png`)});
  }
  await page.evaluate(() => document.querySelectorAll('details').forEach((e) => (e.open = true)));
  // The page forbids scripts; what DevTools evaluates is not one of the page's.
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document));
  const grave = found.violations.filter((v) => ['serious', 'critical'].includes(v.impact));
  const said = {errors, requests, sections, overflow: await page.evaluate(overflowing),
                rules: found.passes.length + found.violations.length,
                axe: grave.map((v) => `${v.id}: ${v.nodes.slice(0, 4).map((n) => `${n.html.slice(0, 160)} ${n.failureSummary}`).join('; ')}`)};
  await context.close();
  return said;
}

const browser = await launch(modules);
const views = {};
for (const width of [390, 1280]) {
  for (const scheme of ['light', 'dark']) views[`${width} ${scheme}`] = await look(browser, width, scheme);
}
await browser.close();
console.log(JSON.stringify({views}));
