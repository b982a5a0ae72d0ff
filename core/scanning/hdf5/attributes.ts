import { type Cursor, textOf } from './cursor.ts';
import { readDataspace } from './dataspace.ts';
import { type Datatype, readDatatype } from './datatype.ts';
import type { Hdf5File } from './file.ts';
import { ATTRIBUTE_RECORDS, denseObjects, readDense } from './links.ts';
import { MESSAGE, type Message, type SharedDatatypes } from './object-header.ts';

/** A name with values: `count` elements of `type`, one after another. */
export type Attribute = {
  readonly name: string;
  readonly type: Datatype;
  readonly count: number;
  readonly data: Cursor;
};

const SHARED_TYPE = 1;
const SHARED_SPACE = 2;

/** The attribute message. */
const readAttribute = async (body: Cursor, shared: SharedDatatypes): Promise<Attribute> => {
  const version = body.u8();
  if (version < 1 || version > 3) throw body.error(`an attribute of version ${version}`);
  const flags = body.u8();
  const nameSize = body.u16();
  const typeSize = body.u16();
  const spaceSize = body.u16();
  if (version === 3) body.skip(1);
  const padded = (size: number) => (version === 1 ? Math.ceil(size / 8) * 8 : size);
  const name = body.take(padded(nameSize));
  const end = name.indexOf(0);
  const type = body.part(padded(typeSize), 'the type of an attribute');
  const space = body.part(padded(spaceSize), 'the shape of an attribute');
  if (version > 1 && (flags & SHARED_SPACE) !== 0) throw body.error('a shared shape');
  const isShared = version > 1 && (flags & SHARED_TYPE) !== 0;
  const datatype = readDatatype(await shared.resolve(type, isShared));
  const { count } = readDataspace(space);
  const data = body.part(body.left, 'the value of an attribute');
  if (count * datatype.size > data.left) throw data.error('a value that is longer than its attribute');
  return { name: textOf(name.subarray(0, end === -1 ? name.length : end)), type: datatype, count, data };
};

const ATTRIBUTE_ORDER = 2;

/** The attributes of an object, wherever they are stored. */
export async function* attributesOf(
  file: Hdf5File,
  messages: readonly Message[],
  shared: SharedDatatypes,
): AsyncGenerator<Attribute> {
  for (const { type, body, shared: isShared } of messages) {
    if (type === MESSAGE.attribute) {
      if (isShared) throw body.error('a shared attribute');
      yield readAttribute(body, shared);
    } else if (type === MESSAGE.attributeInfo)
      for await (const object of denseObjects(file, readDense(body, ATTRIBUTE_ORDER), ATTRIBUTE_RECORDS))
        yield readAttribute(object, shared);
  }
}
