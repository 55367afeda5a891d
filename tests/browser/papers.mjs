// The page that checks papers, as people use it: by QR, by file, and without scripts; and the page
// after the wallet.
//
//   node tests/browser/papers.mjs CHROMIUM ORIGIN CODE FILE ALTERED FOLDER     prints findings as JSON
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
const PHONE = { viewport: { width: 360, height: 740 }, bypassCSP: true };
const DONE = "/openid4vp/requests/abc/done#response_code=secret";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [executablePath, origin, code, file, altered, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: FLAGS });
const findings = [];

function expect(what, is, wanted) {
  if (is !== wanted) findings.push(`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);
}

async function look(page, name) {
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) findings.push(`${name}: ${wide} px wider than the screen`);
  await page.addScriptTag({ content: axe });
  const { violations } = await page.evaluate((values) => axe.run({ runOnly: values }), RULES);
  for (const { id, nodes } of violations) findings.push(`${name}: ${id}: ${nodes[0].html}`);
}

function verdict(page) {
  return page.locator("#result[data-verdict]:not([data-verdict=working])").getAttribute("data-verdict");
}

async function upload(page, path, name) {
  await page.locator("#file").setInputFiles(path);
  const answered = page.waitForResponse((answer) => answer.request().method() === "POST");
  await page.locator("form[data-upload] button").click();
  await answered;
  const found = await verdict(page);
  await look(page, name);
  return found;
}

async function byScript(options, name) {
  const context = await browser.newContext({ ...PHONE, ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => findings.push(`${name}: ${error.message}`));
  await page.goto(`${origin}/verify`);
  await look(page, `${name}-start`);
  await page.goto(`${origin}/verify#${code}`);
  expect(`${name}: QR`, await verdict(page), "valid");
  await look(page, `${name}-qr`);
  expect(`${name}: file`, await upload(page, file, `${name}-file`), "valid");
  expect(`${name}: altered`, await upload(page, altered, `${name}-altered`), "not_valid");
  expect(`${name}: heard`, await page.locator("#result").getAttribute("aria-live"), "polite");
  expect(`${name}: focus`, await page.evaluate(() => document.activeElement?.id), "result");
  await page.locator("#code").fill("nothing of ours");
  await page.locator("#code").press("Enter");
  await page.locator("#result[data-verdict=undetermined]").waitFor();
  await look(page, `${name}-unknown`);
  await context.close();
}

async function withoutScript() {
  const context = await browser.newContext({ ...PHONE, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${origin}/verify`);
  await page.locator("#file").setInputFiles(file);
  await page.locator("form[data-upload] button").click();
  await page.waitForLoadState();
  expect("without script: file", await verdict(page), "valid");
  await page.locator("#code").fill(`${origin}/verify#${code}`);
  await page.locator("form[data-code] button").click();
  await page.waitForLoadState();
  expect("without script: QR", await verdict(page), "valid");
  await page.screenshot({ path: join(folder, "no-script.png"), fullPage: true });
  await context.close();
}

async function afterTheWallet() {
  const page = await browser.newPage({ ...PHONE, locale: "en-GB" });
  const asked = [];
  await page.route("**/result?*", (route) => {
    asked.push(route.request().headers()["authorization"], new URL(route.request().url()).search);
    return route.fulfill({ json: { status: "checked", outcome: "eligible" } });
  });
  await page.goto(origin + DONE);
  await look(page, "done-other-window");
  expect("after the wallet: nothing asked", asked.length, 0);
  expect("after the wallet: nothing kept", await page.evaluate(() => localStorage.length), 0);
  expect("after the wallet: code taken away", new URL(page.url()).hash, "");
  await page.evaluate(() => localStorage.setItem("dojang.request.abc", "session"));
  await page.goto("about:blank");
  await page.goto(origin + DONE);
  await page.getByText("By the rules you are eligible").waitFor();
  expect("after the wallet: session", asked[0], "Bearer session");
  expect("after the wallet: code", asked[1], "?response_code=secret");
  const passed = await page.evaluate(() => localStorage.getItem("dojang.response.abc"));
  expect("after the wallet: passed on", passed, "secret");
  await look(page, "done");
  await page.close();
}

await byScript({ locale: "ko-KR", colorScheme: "light" }, "ko");
await byScript({ locale: "en-GB", colorScheme: "dark" }, "en");
await withoutScript();
await afterTheWallet();
await browser.close();
console.log(JSON.stringify(findings));
