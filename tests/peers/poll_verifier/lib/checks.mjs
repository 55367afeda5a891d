// How checks are run and what comes of each: its findings, and whether it holds, fails or is
// undetermined (SPEC section 19).
import { Refused } from "./bytes.mjs";
import { Lacking } from "./record.mjs";

/** @typedef {{check: string, place: string, code: string, message: string}} Finding */

/** Of one check at most so many findings are listed. */
const MOST = 10_000;

/**
 * @template T
 * @param {T|null|undefined} value
 * @param {string} what
 * @returns {T}
 */
export function need(value, what) {
  if (value === null || value === undefined) throw new Lacking(`lacks ${what}`);
  return value;
}

/**
 * What went wrong, as a finding.
 * @param {unknown} error
 * @param {string} place
 * @param {import("./log.mjs").Add} add
 */
function report(error, place, add) {
  const message = error instanceof Error ? error.message : String(error);
  add(message, place, error instanceof Refused ? error.check : undefined);
}

export class Checks {
  constructor() {
    /** @type {Finding[]} */
    this.findings = [];
    /** @type {Record<string, string>} */
    this.checks = {};
  }

  /**
   * One check: what it cannot read is a finding, what it lacks leaves it undetermined.
   * @param {string} check
   * @param {string} place
   * @param {(add: import("./log.mjs").Add) => void} body
   */
  run(check, place, body) {
    const before = this.findings.length;
    /** @type {import("./log.mjs").Add} */
    const add = (message, at = place, code = check) => {
      if (this.findings.length - before < MOST) this.findings.push({ check, place: at, code, message });
    };
    let state = "holds";
    try {
      body(add);
    } catch (error) {
      if (error instanceof Lacking) state = "undetermined";
      else report(error, place, add);
    }
    this.checks[check] = this.findings.length > before ? "fails" : state;
  }

  /**
   * A step whose failure must not stop the rest of its check.
   * @param {import("./log.mjs").Add} add
   * @param {string} place
   * @param {() => void} body
   */
  step(add, place, body) {
    try {
      body();
    } catch (error) {
      report(error, place, add);
    }
  }
}
