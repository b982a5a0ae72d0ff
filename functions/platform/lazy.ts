/** Made on first use, then kept: an SDK client costs tens of milliseconds that a refused call need not pay. */
export const lazy = <Value>(make: () => Promise<Value>): (() => Promise<Value>) => {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
