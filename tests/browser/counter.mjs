// The issuer's counter in a real browser: choose, confirm, hand over, print the slip only.
//
//   node tests/browser/counter.mjs CHROMIUM ORIGIN     prints what was seen as JSON
import { launch, listen, look, PHONE } from "./looking.mjs";

const [executablePath, origin] = process.argv.slice(2);
const browser = await launch(executablePath);
const seen = { findings: [], steps: {} };

for (const [lang, colorScheme] of [["ko", "light"], ["en", "dark"]]) {
  const context = await browser.newContext({ viewport: PHONE, colorScheme });
  const page = await context.newPage();
  listen(page, seen.findings);
  await page.goto(`${origin}/staff/counter?lang=${lang}`, { waitUntil: "load" });
  await look(page, seen.findings, `counter in ${lang}`);
  await page.check('input[value="district/delivery-entitlement"]');
  await page.selectOption("#service", "document-delivery");
  await page.fill("#person", "synthetic-1");
  await page.click('form[action^="/staff/counter"] button');
  seen.steps[`unchecked ${lang}`] = await page.locator(".digits").count();
  await page.check('input[name="card"]');
  await page.click('form[action^="/staff/counter"] button');
  await page.waitForSelector(".digits");
  await look(page, seen.findings, `handover in ${lang}`);
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
  await look(page, seen.findings, `withdrawn in ${lang}`);
  await context.close();
}
await browser.close();
console.log(JSON.stringify(seen));
