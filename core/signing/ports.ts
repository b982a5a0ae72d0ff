/** A P-256 key that never leaves its keeper. */
export type Signer = {
  /** SubjectPublicKeyInfo, DER. */
  publicKey(): Promise<Uint8Array>;
  /** ECDSA over this SHA-256 digest, DER. */
  sign(digest: Uint8Array): Promise<Uint8Array>;
};
