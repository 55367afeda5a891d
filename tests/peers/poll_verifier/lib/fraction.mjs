// Exact fractions and how a figure is written (SPEC section 21).

/** @param {bigint} a @param {bigint} b @returns {bigint} */
const gcd = (a, b) => (b === 0n ? a : gcd(b, a % b));
/** @param {bigint} a */
const abs = (a) => (a < 0n ? -a : a);

/** floor(sqrt(n)). @param {bigint} n */
export function isqrt(n) {
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

export class Fraction {
  /** @param {bigint|number} n @param {bigint|number} [d] */
  constructor(n, d = 1n) {
    let [a, b] = [BigInt(n), BigInt(d)];
    if (b === 0n) throw new Error("division by zero");
    if (b < 0n) [a, b] = [-a, -b];
    const g = gcd(abs(a), b);
    this.n = a / g;
    this.d = b / g;
  }

  /** @param {Fraction} o */
  add(o) {
    return new Fraction(this.n * o.d + o.n * this.d, this.d * o.d);
  }

  /** @param {Fraction} o */
  sub(o) {
    return new Fraction(this.n * o.d - o.n * this.d, this.d * o.d);
  }

  /** @param {Fraction} o */
  mul(o) {
    return new Fraction(this.n * o.n, this.d * o.d);
  }

  /** Division in which 0/0 counts as 0. @param {Fraction} o */
  div(o) {
    if (o.n === 0n && this.n === 0n) return ZERO;
    return new Fraction(this.n * o.d, this.d * o.n);
  }

  /** @param {Fraction} o */
  compare(o) {
    const left = this.n * o.d;
    const right = o.n * this.d;
    return left < right ? -1 : left > right ? 1 : 0;
  }

  sign() {
    return this.n < 0n ? -1 : this.n > 0n ? 1 : 0;
  }

  text() {
    return `${this.n}/${this.d}`;
  }

  /** Two decimals, rounded half away from zero. */
  shown() {
    const cents = (abs(this.n) * 200n + this.d) / (2n * this.d);
    const digits = cents.toString().padStart(3, "0");
    const text = `${digits.slice(0, -2)}.${digits.slice(-2)}`;
    return this.n < 0n && cents !== 0n ? `-${text}` : text;
  }

  /** `root(v)`: exact for squares, else 40 decimals. */
  root() {
    const a = isqrt(this.n);
    const b = isqrt(this.d);
    if (a * a === this.n && b * b === this.d) return new Fraction(a, b);
    return new Fraction(isqrt((this.n * 10n ** 80n) / this.d), 10n ** 40n);
  }
}

export const ZERO = new Fraction(0n);

/** @param {Fraction[]} values */
export const total = (values) => values.reduce((a, b) => a.add(b), ZERO);

/** @param {Fraction[]} values */
export const mean = (values) => total(values).div(new Fraction(values.length));

/** Population covariance. @param {Fraction[]} xs @param {Fraction[]} ys */
export function covariance(xs, ys) {
  const [mx, my] = [mean(xs), mean(ys)];
  return mean(xs.map((x, i) => x.sub(mx).mul(ys[i].sub(my))));
}

/** @param {Fraction|null} value */
export const figure = (value) => (value === null ? null : { exact: value.text(), shown: value.shown() });

/**
 * A fraction as documents write it: lowest terms, d >= 1, at most 64 characters.
 * @param {unknown} text
 */
export function fraction(text) {
  const parts = typeof text === "string" && text.length <= 64 ? /^(0|-?[1-9]\d*)\/([1-9]\d*)$/.exec(text) : null;
  if (parts === null) throw new Error("no fraction");
  const value = new Fraction(BigInt(parts[1]), BigInt(parts[2]));
  if (value.text() !== text) throw new Error("a fraction that is not in lowest terms");
  return value;
}
