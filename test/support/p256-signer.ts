import { createECDH, generateKeyPairSync } from 'node:crypto';
import type { Signer } from '../../core/signing/ports.ts';

const CURVE = 'prime256v1';
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

const inverse = (value: bigint): bigint => {
  let [r0, r1, s0, s1] = [ORDER, value % ORDER, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - quotient * r1, s1, s0 - quotient * s1];
  }
  return ((s0 % ORDER) + ORDER) % ORDER;
};

const derInteger = (value: bigint): Buffer => {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return Buffer.concat([Buffer.of(2, positive.length), positive]);
};

/** The key keeper in memory: signs a digest that someone else made, as KMS does and node:crypto does not. */
export const p256Signer = (): Signer & { readonly publicKeyPem: string } => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: CURVE });
  const secret = toBigInt(Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));
  return {
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    publicKey: async () => publicKey.export({ type: 'spki', format: 'der' }),
    sign: async (digest) => {
      const nonce = createECDH(CURVE);
      const r = toBigInt(nonce.generateKeys().subarray(1, 33)) % ORDER;
      const s = (inverse(toBigInt(nonce.getPrivateKey())) * (toBigInt(digest) + r * secret)) % ORDER;
      const body = Buffer.concat([derInteger(r), derInteger(s)]);
      return Buffer.concat([Buffer.of(0x30, body.length), body]);
    },
  };
};
