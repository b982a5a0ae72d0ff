const BLOCK = 512;

const header = (name: string, size: number): Buffer => {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        0ustar\x0000', 148);
  block.writeUInt8(0x30, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
};

/** A tar archive of texts. */
export const tarOf = (files: Readonly<Record<string, string>>): Uint8Array => {
  const members = Object.entries(files).flatMap(([name, text]) => [
    header(name, text.length),
    Buffer.from(text.padEnd(Math.ceil(text.length / BLOCK) * BLOCK, '\0')),
  ]);
  return new Uint8Array(Buffer.concat([...members, Buffer.alloc(2 * BLOCK)]));
};
