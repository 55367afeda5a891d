// A citizen's identity step in a real browser: choose, go to the provider, come back, take the offer.
//
//   node tests/browser/citizen.mjs CHROMIUM ORIGIN     prints what was seen as JSON
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
    if (line.type() === "error" && !line.text().includes("403")) {
      seen.findings.push(`${page.url()}: ${line.text()}`);
    }
  });
  await page.goto(`${origin}/credentials?lang=${lang}`, { waitUntil: "load" });
  await look(page, `choice in ${lang}`);
  await page.check('input[value="district/delivery-entitlement"]');
  await page.selectOption("#service", "document-delivery");
  await page.click("form button");
  await page.waitForSelector("a.go");
  await look(page, `leaving in ${lang}`);
  await page.click("a.go");
  await page.waitForSelector("main h1");
  await look(page, `back in ${lang}`);
  const qr = page.locator(".code svg");
  seen.steps[lang] = {
    lang: await page.getAttribute("html", "lang"),
    path: new URL(page.url()).pathname,
    square: (await qr.count()) ? (await qr.boundingBox()).width > 200 : false,
    digits: await page.locator(".digits").count(),
    links: await page.locator('a.go[href^="openid-credential-offer://"]').count(),
    cookies: (await context.cookies()).filter(({ name }) => name.startsWith("__Host-")).length,
  };
  await page.reload();
  seen.steps[lang].again = await page.locator(".digits").count();
  await look(page, `reloaded in ${lang}`);
  await context.close();
}
await browser.close();
console.log(JSON.stringify(seen));
