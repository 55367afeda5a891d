// What every walk through pages in a real browser needs: the browser, and a strict look at a page.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
export const PHONE = { width: 360, height: 740 };

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const launch = (executablePath) => chromium.launch({ executablePath, args: FLAGS });

// Script errors and refused resources become findings, unless they belong to what is tried.
export function listen(page, findings, belongs = () => false) {
  page.on("pageerror", (error) => findings.push(`${page.url()}: ${error.message}`));
  page.on("console", (line) => {
    if (line.type() === "error" && !belongs(line.text())) findings.push(`${page.url()}: ${line.text()}`);
  });
}

// Nothing wider than the screen, and WCAG 2.2 AA. axe comes in through the debugger: `bypassCSP`
// would hide a page that its own policy breaks.
export async function look(page, findings, where) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) findings.push(`${where}: ${wide} px wider than the screen`);
  const { violations } = await page.evaluate(`${axe};axe.run({ runOnly: ${JSON.stringify(RULES)} })`);
  for (const { id, nodes } of violations) findings.push(`${where}: ${id}: ${nodes[0].html}`);
}
