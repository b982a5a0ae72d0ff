/** The version of the package that a handler was built from; the build writes it in here, as it does the entry. */
export const VERSION = process.env.CLEARANCE_VERSION ?? 'unbuilt';
