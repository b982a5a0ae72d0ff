/**
 * Made on first use, then kept: an SDK client costs tens of milliseconds that a refused call need not pay. What could
 * not be made is tried again, or one throttled call would be the answer for the function's life.
 */
export const lazy = <Value>(make: () => Promise<Value>): (() => Promise<Value>) => {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((cause: unknown) => {
      made = undefined;
      throw cause;
    });
    return made;
  };
};
