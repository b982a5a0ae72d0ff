/**
 * What a DSSE signature is over: the payload with its type, each preceded by its length in bytes, so that no payload of
 * one type can be passed off as a payload of another (DSSE v1, https://github.com/secure-systems-lab/dsse).
 */
export const preAuthEncoding = (payloadType: string, payload: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `), payload]);

/** The bytes of padded standard base64, or nothing: two texts for the same bytes would be two bundles for one signature. */
export const decodeBase64 = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};

export const encodeBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
