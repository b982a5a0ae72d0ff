/** Code-point order, as OpenSSF Model Signing v1.0 §6.4 asks; JavaScript's default order is by UTF-16 code unit. */
export const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
