/** A measured number as a person reads it: two significant digits, whole numbers whole. */
export const figure = (value: number): string => String(Number(value.toPrecision(value >= 10 ? 3 : 2)));

/** A count in groups of three digits: `12 480`. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ' ');

export const percent = (share: number): string => `${figure(share * 100)} %`;
