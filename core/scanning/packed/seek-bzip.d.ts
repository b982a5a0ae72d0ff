declare module 'seek-bzip' {
  type Source = { readByte(): number; read(into: Uint8Array, at: number, count: number): number; eof(): boolean };
  type Target = { writeByte(byte: number): void; flush(): void };
  const Bunzip: { decode(source: Source, target: Target, multistream: boolean): unknown };
  export default Bunzip;
}
