/** Beginnings by which a path is none within the folder: of the root, the home, a drive, another machine, an address. */
const ELSEWHERE = /^(?:[\\/~]|[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*:\/\/)/;

/** Whether a loader that joins the path to the folder of the model reads something outside of it. */
export const leavesFolder = (path: string): boolean =>
  ELSEWHERE.test(path) || path.split(/[\\/]/).includes('..') || path.includes('\0');
