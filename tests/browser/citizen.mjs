// A citizen's identity step in a real browser: choose, go to the provider, come back, take the offer.
//
//   node tests/browser/citizen.mjs CHROMIUM ORIGIN     prints what was seen as JSON
import { launch, listen, look, PHONE } from "./looking.mjs";

const [executablePath, origin] = process.argv.slice(2);
const browser = await launch(executablePath);
const seen = { findings: [], steps: {} };

for (const [lang, colorScheme] of [["ko", "light"], ["en", "dark"]]) {
  const context = await browser.newContext({ viewport: PHONE, colorScheme });
  const page = await context.newPage();
  listen(page, seen.findings, (text) => text.includes("403"));
  await page.goto(`${origin}/credentials?lang=${lang}`, { waitUntil: "load" });
  await look(page, seen.findings, `choice in ${lang}`);
  await page.check('input[value="district/delivery-entitlement"]');
  await page.selectOption("#service", "document-delivery");
  await page.click("form button");
  await page.waitForSelector("a.go");
  await look(page, seen.findings, `leaving in ${lang}`);
  await page.click("a.go");
  await page.waitForSelector("main h1");
  await look(page, seen.findings, `back in ${lang}`);
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
  await look(page, seen.findings, `reloaded in ${lang}`);
  await context.close();
}
await browser.close();
console.log(JSON.stringify(seen));
