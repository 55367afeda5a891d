// The issuer's counter in a real browser: choose, confirm, hand over, print the slip only.
//
//   node tests/browser/counter.mjs CHROMIUM ORIGIN     prints what was seen as JSON
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
const PHONE = { width: 360, height: 740 };

const [executablePath, origin] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath, args: FLAGS });
const seen = { findings: [], steps: {} };

async function look(page, where) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) seen.findings.push(`${where}: ${wide} px wider than the screen`);
  const { violations } = await page.evaluate(`${axe};axe.run({ runOnly: ${JSON.stringify(RULES)} })`);
  for (const { id, nodes } of violations) seen.findings.push(`${where}: ${id}: ${nodes[0].html}`);
}

for (const [lang, colorScheme] of [["ko", "light"], ["en", "dark"]]) {
  const context = await browser.newContext({ viewport: PHONE, colorScheme });
  const page = await context.newPage();
  page.on("pageerror", (error) => seen.findings.push(`${page.url()}: ${error.message}`));
  page.on("console", (line) => {
    if (line.type() === "error") seen.findings.push(`${page.url()}: ${line.text()}`);
  });
  await page.goto(`${origin}/staff/counter?lang=${lang}`, { waitUntil: "load" });
  await look(page, `counter in ${lang}`);
  await page.check('input[value="district/delivery-entitlement"]');
  await page.selectOption("#service", "document-delivery");
  await page.fill("#person", "synthetic-1");
  await page.click('form[action^="/staff/counter"] button');
  seen.steps[`unchecked ${lang}`] = await page.locator(".digits").count();
  await page.check('input[name="card"]');
  await page.click('form[action^="/staff/counter"] button');
  await page.waitForSelector(".digits");
  await look(page, `handover in ${lang}`);
  const qr = await page.locator(".code svg").boundingBox();
  seen.steps[`square ${lang}`] = Math.abs(qr.width - qr.height) < 1 && qr.width > 200;
  await page.emulateMedia({ media: "print" });
  seen.steps[`printed ${lang}`] = [
    await page.locator(".code svg").isVisible(),
    await page.locator(".digits").isVisible(),
  ];
  await page.emulateMedia({ media: "screen" });
  await page.click('form[action*="/withdrawal"] button');
  await page.waitForSelector('[role="status"]');
  await look(page, `withdrawn in ${lang}`);
  await context.close();
}
await browser.close();
console.log(JSON.stringify(seen));
