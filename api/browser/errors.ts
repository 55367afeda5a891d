/** Refusals: every failed check names its number in voting/SPEC.md. */

/** The numbers of the checks that this code makes. */
export type CheckNumber =
  | "G-01" | "G-02" | "G-03" | "G-04" | "G-05"
  | "P-01" | "P-02"
  | "B-01" | "B-02" | "B-03" | "B-04" | "B-05" | "B-06" | "B-07" | "B-08" | "B-09" | "B-10"
  | "B-12"
  | "O-01" | "O-02"
  | "T-01" | "T-02" | "T-03"
  | "N-03"
  | "checkpoint" | "promise" | "proof" | "entry" | "spent";

/**
 * Input that failed a check.
 *
 * `checkpoint` and `proof` are the two refusals of receipts, which C2SP specifies; `promise` is
 * that of promises, `entry` that of a registrar's signed entry; `spent` refuses to open or cast a
 * sealed choice a second time (SPEC section 6.5).
 */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(readonly check: CheckNumber, message: string) {
    super(`${check}: ${message}`);
  }
}

/**
 * Refuse unless a condition holds.
 *
 * @throws Refusal with that number.
 */
export function refuseUnless(
  condition: boolean, check: CheckNumber, message: string,
): asserts condition {
  if (!condition) throw new Refusal(check, message);
}
