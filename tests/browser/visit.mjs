// Visit pages in a real browser: no script errors, nothing wider than the screen, WCAG 2.2 AA.
//
//   node tests/browser/visit.mjs CHROMIUM URL [URL ...]     prints findings as JSON, [] if none
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const SCREENS = [
  { width: 360, height: 740 },
  { width: 1280, height: 900 },
];
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function visit(browser, url, viewport, colorScheme) {
  const page = await browser.newPage({ viewport, colorScheme, bypassCSP: true });
  const findings = [];
  const where = `${url} at ${viewport.width} px, ${colorScheme}`;
  page.on("pageerror", (error) => findings.push(`${where}: ${error.message}`));
  page.on("requestfailed", (request) => findings.push(`${where}: no ${request.url()}`));
  await page.goto(url, { waitUntil: "load" });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) findings.push(`${where}: ${wide} px wider than the screen`);
  await page.addScriptTag({ content: axe });
  const { violations } = await page.evaluate((values) => axe.run({ runOnly: values }), RULES);
  for (const { id, nodes } of violations) findings.push(`${where}: ${id}: ${nodes[0].html}`);
  await page.close();
  return findings;
}

const [executablePath, ...urls] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: FLAGS });
const findings = [];
for (const url of urls)
  for (const viewport of SCREENS)
    for (const colorScheme of ["light", "dark"])
      findings.push(...(await visit(browser, url, viewport, colorScheme)));
await browser.close();
console.log(JSON.stringify(findings));
