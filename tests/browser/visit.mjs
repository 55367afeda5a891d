// Visit pages in a real browser: no script errors, nothing wider than the screen, WCAG 2.2 AA.
//
//   node tests/browser/visit.mjs CHROMIUM URL [URL ...]     prints findings as JSON, [] if none
import { launch, listen, look, PHONE } from "./looking.mjs";

const SCREENS = [PHONE, { width: 1280, height: 900 }];

async function visit(browser, url, viewport, colorScheme) {
  const page = await browser.newPage({ viewport, colorScheme });
  const findings = [];
  const where = `${url} at ${viewport.width} px, ${colorScheme}`;
  listen(page, findings);
  page.on("requestfailed", (request) => findings.push(`${where}: no ${request.url()}`));
  await page.goto(url, { waitUntil: "load" });
  await look(page, findings, where);
  await page.close();
  return findings;
}

const [executablePath, ...urls] = process.argv.slice(2);
const browser = await launch(executablePath);
const findings = [];
for (const url of urls)
  for (const viewport of SCREENS)
    for (const colorScheme of ["light", "dark"])
      findings.push(...(await visit(browser, url, viewport, colorScheme)));
await browser.close();
console.log(JSON.stringify(findings));
