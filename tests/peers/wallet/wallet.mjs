// An independent wallet without a screen, made of public libraries and nothing of this product.
//   node wallet.mjs obtain OFFER --tx CODE [--copies N] --wallet FILE
//   node wallet.mjs present REQUEST --wallet FILE [--deny]
// Everything it says is one JSON object on standard output.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { obtain } from "./obtaining.mjs";
import { present } from "./presenting.mjs";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    tx: { type: "string" },
    copies: { type: "string", default: "1" },
    wallet: { type: "string" },
    deny: { type: "boolean", default: false },
  },
});
const [command, text] = positionals;
const held = existsSync(values.wallet) ? JSON.parse(readFileSync(values.wallet, "utf8")) : [];

async function run() {
  if (command === "obtain") {
    const { issuer, taken } = await obtain(text, values.tx, Number(values.copies));
    held.push(...taken);
    const deferred = taken.some((one) => one.deferred);
    return { issuer, copies: taken.length, deferred };
  }
  if (command === "present") return present(text, held, { deny: values.deny });
  throw new Error("obtain or present");
}

try {
  const said = await run();
  writeFileSync(values.wallet, JSON.stringify(held), { mode: 0o600 });
  process.stdout.write(`${JSON.stringify(said)}\n`);
} catch (error) {
  process.stderr.write(`${error.stack ?? error}\n${JSON.stringify(error.errorResponse ?? error.cause ?? "")}\n`);
  process.exitCode = 1;
}
