/** Time is a port: core never reads a clock of its own. */
export type Clock = { now(): Date };
