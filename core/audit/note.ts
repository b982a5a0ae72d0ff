import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';

/** Ed25519, the one type of signature that every verifier of notes takes (https://c2sp.org/signed-note). */
const ED25519 = 0x01;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const ID_BYTES = 4;
/** SubjectPublicKeyInfo of an Ed25519 key up to the key itself (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The key of a log as verifiers know it: its name, which is the log's origin, and the Ed25519 key. */
export type NoteKey = { readonly name: string; readonly id: Buffer; readonly key: KeyObject; readonly raw: Buffer };

const NAME = /^[^\s+]{1,255}$/;

const keyId = (name: string, raw: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([ED25519]), raw]), 'buffer').subarray(
    0,
    ID_BYTES,
  );

const noteKey = (name: string, raw: Buffer): NoteKey => ({
  name,
  id: keyId(name, raw),
  raw,
  key: createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' }),
});

/**
 * The key of a log by that name, from the DER that KMS gives.
 * @throws TypeError for another kind of key, or a name that a note cannot carry
 */
export const noteKeyOf = (name: string, spki: Uint8Array): NoteKey => {
  if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} cannot name a log: no spaces, no plus sign`);
  const der = Buffer.from(spki);
  const isEd25519 =
    der.length === SPKI_PREFIX.length + KEY_BYTES && der.subarray(0, SPKI_PREFIX.length).equals(SPKI_PREFIX);
  if (!isEd25519) throw new TypeError('expected an Ed25519 public key as SubjectPublicKeyInfo');
  return noteKey(name, der.subarray(SPKI_PREFIX.length));
};

/** `name+id+key`, as an auditor keeps it. */
export const verifierKey = ({ name, id, raw }: NoteKey): string =>
  `${name}+${id.toString('hex')}+${Buffer.concat([Buffer.from([ED25519]), raw]).toString('base64')}`;

/** The key in such a text, or nothing: another type, or an id that is not that of the key. */
export const readVerifierKey = (text: string): NoteKey | undefined => {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== 1 + KEY_BYTES || bytes[0] !== ED25519 || bytes.toString('base64') !== encoded) return undefined;
  const key = noteKey(name, bytes.subarray(1));
  return key.id.toString('hex') === id ? key : undefined;
};

const DASH = '\u2014';

/** A note and the line that its signer adds. The text ends with a newline. */
export const signedNote = (text: string, { name, id }: NoteKey, signature: Uint8Array): string =>
  `${text}\n${DASH} ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;

/** Notes are short; nobody is to parse more for the sake of a signature. */
const MAX_NOTE = 1_000_000;
const MAX_SIGNATURES = 100;

const signatureIn = (line: string, { name, id }: NoteKey): Buffer | undefined => {
  const [dash, signer, encoded = '', ...rest] = line.split(' ');
  if (dash !== DASH || signer !== name || rest.length > 0) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded || bytes.length !== ID_BYTES + SIGNATURE_BYTES) return undefined;
  return bytes.subarray(0, ID_BYTES).equals(id) ? bytes.subarray(ID_BYTES) : undefined;
};

const LINE = new RegExp(`^${DASH} [^\\s+]+ [A-Za-z0-9+/]+={0,2}$`);

/**
 * The text of a note that this key signed, or nothing. Other signatures are passed over, as the format asks; one of
 * this key that is wrong is not.
 */
export const openNote = (note: string, key: NoteKey): string | undefined => {
  if (note.length > MAX_NOTE) return undefined;
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return undefined;
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES || !lines.every((line) => LINE.test(line))) return undefined;
  const ours = lines.flatMap((line) => signatureIn(line, key) ?? []);
  if (ours.length === 0) return undefined;
  return ours.every((signature) => verify(null, Buffer.from(text), key.key, signature)) ? text : undefined;
};
