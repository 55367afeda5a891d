// The page that checks papers, as people use it: by QR, by file, and without scripts; and the page
// after the wallet.
//
//   node tests/browser/papers.mjs CHROMIUM ORIGIN CODE WAITING FILE ALTERED FOLDER     prints findings as JSON
import { join } from "node:path";
import { launch, listen, look as judge, PHONE } from "./looking.mjs";

const DONE = "/openid4vp/requests/abc/done#response_code=secret";

const [executablePath, origin, code, waiting, file, altered, folder] = process.argv.slice(2);
const browser = await launch(executablePath);
const findings = [];

function expect(what, is, wanted) {
  if (is !== wanted) findings.push(`${what}: ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);
}

async function look(page, name) {
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  await judge(page, findings, name);
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
  const context = await browser.newContext({ viewport: PHONE, ...options });
  const page = await context.newPage();
  listen(page, findings);
  await page.goto(`${origin}/verify`);
  await look(page, `${name}-start`);
  await page.goto(`${origin}/verify#${code}`);
  expect(`${name}: QR`, await verdict(page), "valid");
  await look(page, `${name}-qr`);
  await page.goto(`${origin}/verify#${waiting}`);
  await page.locator("#result[data-verdict=wait]").waitFor();
  await look(page, `${name}-wait`);
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

async function asksAgain() {
  const page = await browser.newPage({ viewport: PHONE, locale: "ko-KR" });
  await page.clock.install();
  const answers = [
    { verdict: "wait", reason: "not_anchored" },
    { verdict: "undetermined", reason: "unavailable" },
    { verdict: "valid", reason: "genuine" },
  ];
  const told = { sentence: { ko: "문장", en: "sentence" }, issuer: null, anchored: null };
  await page.route("**/api/v1/documents/verify", (route) =>
    route.fulfill({ json: { ...answers.shift(), ...told } }),
  );
  await page.goto(`${origin}/verify#${code}`);
  for (const [shown, seconds] of [["wait", 6], ["undetermined", 11], ["valid", 60]]) {
    await page.locator(`#result[data-verdict=${shown}]`).waitFor();
    await page.clock.fastForward(1000 * seconds);
  }
  expect("asks again until it is told", answers.length, 0);
  await page.close();
}

async function withoutScript() {
  const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
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
  const page = await browser.newPage({ viewport: PHONE, locale: "en-GB" });
  const asked = [];
  await page.route("**/result?*", (route) => {
    asked.push(route.request().headers()["authorization"], new URL(route.request().url()).search);
    return route.fulfill({ json: { status: "checked", outcome: "eligible" } });
  });
  await page.goto(origin + DONE);
  await look(page, "done-other-window");
  expect("after the wallet: without a session", asked[0], undefined);
  expect("after the wallet: the code is told as another browser's", asked[1], "?response_code=secret");
  expect("after the wallet: nothing kept", await page.evaluate(() => localStorage.length), 0);
  expect("after the wallet: code taken away", new URL(page.url()).hash, "");
  await page.evaluate(() => localStorage.setItem("dojang.request.abc", "session"));
  await page.goto("about:blank");
  await page.goto(origin + DONE);
  await page.getByText("By the rules you are eligible").waitFor();
  expect("after the wallet: session", asked[2], "Bearer session");
  expect("after the wallet: code", asked[3], "?response_code=secret");
  const passed = await page.evaluate(() => localStorage.getItem("dojang.response.abc"));
  expect("after the wallet: passed on", passed, "secret");
  await look(page, "done");
  await page.close();
}

await byScript({ locale: "ko-KR", colorScheme: "light" }, "ko");
await byScript({ locale: "en-GB", colorScheme: "dark" }, "en");
await asksAgain();
await withoutScript();
await afterTheWallet();
await browser.close();
console.log(JSON.stringify(findings));
