/** The members that are there. Workflow state spells absence as null, since JSONata has no variable without a value. */
export const present = <Value>(members: Readonly<Record<string, Value | null>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(members).filter((entry): entry is [string, Value & {}] => entry[1] !== null));
