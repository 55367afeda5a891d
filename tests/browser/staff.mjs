// Staff in a real browser with virtual authenticators: join, sign in, act in two.
//
//   node tests/browser/staff.mjs CHROMIUM BUNDLE ORIGIN LINK LINK     prints what was seen as JSON
import { readFile } from "node:fs/promises";
import { launch, listen, look, PHONE } from "./looking.mjs";

const DEVICE = {
  protocol: "ctap2",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
};

const [executablePath, bundle, origin, ...links] = process.argv.slice(2);
const script = await readFile(bundle, "utf8");
const browser = await launch(executablePath);
const seen = { findings: [], steps: {} };

// A person: a browser of their own with a device of their own.
async function person(colorScheme) {
  const context = await browser.newContext({ viewport: PHONE, colorScheme });
  const page = await context.newPage();
  await page.route("**/static/passkeys.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: script }),
  );
  listen(page, seen.findings);
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: DEVICE,
  });
  return { context, page, devtools, authenticatorId };
}

async function lookInBoth({ page }, path) {
  for (const lang of ["ko", "en"]) {
    await page.goto(`${origin}${path}?lang=${lang}`, { waitUntil: "load" });
    await look(page, seen.findings, `${path} in ${lang}`);
  }
}

async function join(who, link) {
  await who.page.goto(link, { waitUntil: "load" });
  await who.page.click('form[data-ceremony="join"] button[type="submit"]');
  await who.page.waitForURL(/\/staff\?lang=(ko|en)$/, { timeout: 15_000 });
}

async function signIn(who) {
  await who.page.goto(`${origin}/staff/acts`, { waitUntil: "load" });
  seen.steps.sentToTheDoor ??= new URL(who.page.url()).pathname;
  await who.page.click('form[data-ceremony="sign-in"] button[type="submit"]');
  await who.page.waitForURL(/\/staff\/acts$/, { timeout: 15_000 });
}

async function confirmOne(who) {
  await who.page.goto(`${origin}/staff/acts?lang=en`);
  await Promise.all([
    who.page.waitForResponse((answer) => answer.url().includes("/confirmation")),
    who.page.locator("button", { hasText: "Confirm" }).click(),
  ]);
  await who.page.waitForURL(/\/staff\/acts\?lang=en$/);
  await look(who.page, seen.findings, "/staff/acts with an act");
}

const [first, second, third] = [await person("light"), await person("dark"), await person("light")];
await lookInBoth(first, "/staff/sign-in");
await lookInBoth(first, "/staff/invitation");
await join(first, links[0]);
await join(second, links[1]);
for (const path of ["/staff", "/staff/passkeys", "/staff/accounts", "/staff/acts"])
  await lookInBoth(first, path);
await lookInBoth(second, "/staff/accounts");

const cookies = await first.context.cookies();
seen.steps.cookies = cookies.map(({ name, secure, httpOnly, sameSite }) => ({ name, secure, httpOnly, sameSite }));
seen.steps.scriptsSee = await first.page.evaluate(() => document.cookie);

await first.page.goto(`${origin}/staff`);
await first.page.click('form[action^="/staff/sign-out?"] button');
await first.page.waitForURL(/\/staff\/sign-in/);
await signIn(first);

const { credentials } = await first.devtools.send("WebAuthn.getCredentials", {
  authenticatorId: first.authenticatorId,
});
seen.steps.credentials = credentials.map(({ isResidentCredential, rpId }) => ({ isResidentCredential, rpId }));

await first.page.goto(`${origin}/staff/accounts?lang=en`);
await first.page.fill("#name", "[시험] 심사위원");
await first.page.fill("#person", "T-3");
await first.page.check('input[value="judge"]');
await first.page.click('form[action^="/staff/invitations"] button');
await join(third, (await first.page.textContent("#link")).trim());

// The roles of an invitation wait for the other administrator; another act on the account waits then.
await confirmOne(second);

await first.page.goto(`${origin}/staff/accounts?lang=en`);
const card = first.page.locator("li.card", { hasText: "T-3" });
await card.locator("button", { hasText: "Grant the administrator" }).click();
await first.page.waitForURL(/\/staff\/acts/);
seen.steps.ownProposal = await first.page.locator("button", { hasText: "Confirm" }).count();
await confirmOne(second);
seen.steps.done = await second.page.locator("p.good", { hasText: "Done" }).count();
await third.page.goto(`${origin}/staff?lang=en`);
seen.steps.roles = (await third.page.locator("main p").first().textContent()).trim();

// A device that does not verify the person, last because its refusal is an error on the console.
seen.steps.findingsBefore = seen.findings.length;
await third.devtools.send("WebAuthn.setUserVerified", {
  authenticatorId: third.authenticatorId,
  isUserVerified: false,
});
await third.page.click('form[action^="/staff/sign-out?"] button');
await third.page.waitForURL(/\/staff\/sign-in/);
await third.page.click('form[data-ceremony="sign-in"] button[type="submit"]');
await third.page.waitForFunction(() => document.querySelector(".told").textContent !== "", null, {
  timeout: 15_000,
});
seen.steps.unverified = new URL(third.page.url()).pathname;

await browser.close();
console.log(JSON.stringify(seen));
