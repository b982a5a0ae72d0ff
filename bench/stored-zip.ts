import { crc32 } from 'node:zlib';

const NAME_IS_UTF8 = 0x0800;

/** The fields that the two headers of a member share, from the version needed to the length of the extra field. */
const common = (name: Uint8Array, bytes: Uint8Array): Buffer => {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(NAME_IS_UTF8, 2);
  fields.writeUInt16LE(0x21, 8);
  fields.writeUInt32LE(crc32(bytes), 10);
  fields.writeUInt32LE(bytes.length, 14);
  fields.writeUInt32LE(bytes.length, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
};

/** An archive of one member, not compressed: the form in which Lambda takes code. */
export const storedZip = (path: string, text: string): Uint8Array => {
  const [name, bytes] = [Buffer.from(path), Buffer.from(text)];
  const fields = common(name, bytes);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, bytes]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
};
